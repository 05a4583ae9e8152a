"""`advise`: from a table and facts to a recommendation. No clock, files, printing or prompting."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from types import MappingProxyType
from typing import Any

from adaptadvisor.advice import hinges
from adaptadvisor.advice.after import Fallback, by_result
from adaptadvisor.advice.dissent import against
from adaptadvisor.advice.first_test import prompt_does
from adaptadvisor.advice.methods import family, misleads, variants
from adaptadvisor.advice.outlook import Outlook
from adaptadvisor.advice.reasons import confirm_first, open_needs, reasons, review_by
from adaptadvisor.advice.recommendation import (
    SCHEMA,
    CitedSource,
    Names,
    Recommendation,
    Repair,
    Step,
    TableId,
    picked,
)
from adaptadvisor.advice.repair import redone, repair, trained, tried
from adaptadvisor.advice.route import BASELINE, checks, route
from adaptadvisor.advice.verdicts import verdicts
from adaptadvisor.advice.worth import ranked
from adaptadvisor.engine.decide import Outcome
from adaptadvisor.engine.situation import Circumstances
from adaptadvisor.errors import BadInput, Problem
from adaptadvisor.table import facts as fact_values
from adaptadvisor.table.facts import NotAValue, Value
from adaptadvisor.table.given import too_long
from adaptadvisor.table.plans import members
from adaptadvisor.table.rows import METHOD, Table

_OPEN_NAMED = 2
"""Needs that stay open of which the headline gives the name; one more is not worth counting."""

_NO_NAMES = Names({}, {}, {})


def check_facts(table: Table, given: Mapping[str, object]) -> dict[str, Value]:
    """The known facts in table order and canonical form; `BadInput` names all that are wrong."""
    problems, found = [], {}
    for key, value in given.items():
        fact = table.facts.get(key)
        try:
            if fact is None or fact.derived:
                raise fact_values.no_such_fact(key, table.facts)
            found[key] = fact_values.from_object(fact, value)
        except NotAValue as error:
            problems.append(Problem(error.code, str(error)))
    if problems:
        raise BadInput(problems)
    return {fact: value for fact in table.facts if (value := found.get(fact)) is not None}


def advise(
    table: Table, given: Mapping[str, object], *, title: str = "", notes: str = "", date: str = ""
) -> Recommendation:
    """The recommendation for a situation: a mapping of fact to value (None or absent: unknown).

    `title`, `notes` and `date` are only carried along. Raises `BadInput` for a fact or a value that
    is none, and for a title or notes that are too long; never for a legal situation.
    """
    here = _circumstances(table, given, title, notes)
    fallback, repairs = fallback_of(here), repair(here)
    steps, methods, first_look = route(here, redone(here, repairs)), variants(here), family(here)
    is_settled = hinges.settled(here.engine, here.facts)
    elsewhere = Outlook.of(here)
    found = elsewhere.odds
    result = Recommendation(
        schema=SCHEMA,
        table=TableId(table.version, table.digest),
        title=title,
        notes=notes,
        date=date,
        review_by=review_by(here),
        facts=MappingProxyType(here.facts),
        plan=here.plan,
        headline=_headline(here, here.outcome, steps, elsewhere.ending(), repairs),
        outlook=tuple(elsewhere.sentences()),
        likely=found.likely,
        confidence=found.confidence,
        odds=elsewhere.plan_odds,
        odds_rest_on=found.rests_on,
        odds_near=found.near,
        precedents=elsewhere.near,
        settled=is_settled,
        hinges=ranked(here, hinges.hinges(here.engine, here.facts, is_settled=is_settled)),
        reasons=reasons(here),
        verdicts=verdicts(here, fallback),
        variants=methods,
        family=first_look,
        confirm_first=confirm_first(here),
        open_needs=open_needs(here),
        route=steps,
        checks=checks(here),
        misleads=misleads(here, methods, first_look),
        fallback=fallback,
        flips=hinges.flips(here.engine, here.facts),
        near_thresholds=hinges.near_thresholds(table, here.engine, here.facts),
        sources=(),
        repair=repairs,
        names=_NO_NAMES,
    )
    return replace(result, sources=tuple(_sources(here, result)), names=_names(table, result))


def _circumstances(
    table: Table, given: Mapping[str, object], title: str, notes: str
) -> Circumstances:
    if wrong := [*too_long("title", title), *too_long("notes", notes)]:
        raise BadInput(wrong)
    return Circumstances(table, check_facts(table, given))


def _headline(
    here: Circumstances,
    outcome: Outcome,
    steps: Sequence[Step] = (),
    ending: str = "",
    repairs: Repair | None = None,
) -> str:
    """The plan as a sentence: what has to come first, what stays open, how such projects end."""
    known = here.table.approaches
    done = outcome is here.outcome and prompt_does(here)
    rows = [known[approach] for approach in members(outcome.plan)]
    actions = [(done and row.kept) or row.action for row in rows]
    if actions:
        words = _joined(actions)
        words = f"what comes nearest: {words}" if outcome.open_needs else words
    elif "tried" in here.facts:
        words = "no plan is left that was not tried"
    else:
        words = "no approach is left here"
    blocking = next((step.do for step in steps if step.blocks), None)
    if actions and not repairs and any(step.stage == BASELINE and step.gate for step in steps):
        words = f"first test your best prompt: if it meets the bar, stay with it; if not, {words}"
    if repairing := _repairing(here, repairs) if repairs else "":
        words = f"{repairing}; then {words}" if actions else f"{words}, so {repairing}"
        comma = "," if words.startswith("if ") else ""
        words = words if blocking or not actions else f"first{comma} {words}"
    if blocking:
        first = blocking.split(":")[0].split(";")[0].rstrip(".")
        words = words.removeprefix("first ")
        words = f"Not yet: {first[0].lower()}{first[1:]}; then {words}"
    short = _falling_short(here, outcome) if actions else ""
    return f"{short}{words[0].upper()}{words[1:]}{ending}."


def _falling_short(here: Circumstances, outcome: Outcome) -> str:
    """`No plan here meets every need: citations stays open. `; nothing where a plan does."""
    names = [here.table.needs[need].name for need in outcome.open_needs]
    if not names:
        return ""
    if len(names) > _OPEN_NAMED + 1:
        names = [*names[:_OPEN_NAMED], f"{len(names) - _OPEN_NAMED} more"]
    stay = "stays" if len(names) == 1 else "stay"
    return f"No plan here meets every need: {_joined(names)} {stay} open. "


def _repairing(here: Circumstances, repairs: Repair) -> str:
    """What to do about what was tried: repair runs, or run the way that fits; empty for neither."""
    known = here.table.approaches
    again = () if here.plan or "rag" not in tried(here) else ("rag",)  # nothing else is left
    ran = (approach for approach in trained(here) if approach not in here.ruled_out)
    runs = [known[approach].name for approach in (*again, *ran)]
    mend = f"repair the {_joined(runs)} that fell short" if runs else ""
    redo = [
        f"if your {known[way.approach].name} was of another kind, run this one: {_inside(way.name)}"
        for way in repairs.fitting
        if way.role == METHOD
    ]
    if redo and mend:
        return f"{', or '.join(redo)}; if it was this kind, {mend}"
    return ", or ".join(filter(None, [mend, *redo]))


def _inside(name: str) -> str:
    """A name within a sentence: with a small letter, but for abbreviations."""
    return name if name[:2].isupper() else f"{name[:1].lower()}{name[1:]}"


def _joined(words: Sequence[str]) -> str:
    return " and ".join(filter(None, (", ".join(words[:-1]), words[-1])))


def fallback_of(here: Circumstances) -> Fallback | None:
    """The advice once the present plan fell short, too; None when nothing is left to try."""
    if not here.plan:
        return None
    then = Circumstances(here.table, here.engine.fallen_short(here.facts, here.outcome))
    if not then.plan:
        return None
    needs = dict.fromkeys(row.condition for row in confirm_first(then))
    return Fallback(then.plan, _headline(here, then.outcome), by_result(here), tuple(needs))


def _names(table: Table, result: Recommendation) -> Names:
    """The names of every question, and of each row that the recommendation speaks of by its id."""
    ids = {
        *(reason.row for reason in result.reasons),
        *(row for verdict in result.verdicts for row in verdict.rows),
        *(point.row for verdict in result.verdicts for point in (*verdict.good, *verdict.bad)),
        *(row.row for row in result.misleads),
        *(need.id for need in result.open_needs),
        *(need for hinge in result.hinges for row in hinge.answers for need in row.open_needs),
        *(need for flip in result.flips for need in flip.open_needs),
        *(step.id for step in result.route),
    }
    sections = (table.needs, table.limits, table.readiness, table.variants, table.families)
    found = {row.id: row.name for rows in sections for row in rows.values() if row.id in ids}
    return Names(
        MappingProxyType({fact.id: fact.name for fact in table.questions}),
        MappingProxyType({fact.id: fact.unit for fact in table.questions if fact.unit}),
        MappingProxyType(dict(sorted(found.items()))),
    )


def _sources(here: Circumstances, result: Recommendation) -> Iterable[CitedSource]:
    """Every source that some part of the recommendation cites."""
    citing: tuple[Any, ...] = (
        *result.reasons,
        *(meeting for reason in result.reasons for meeting in reason.met_by),
        *result.verdicts,
        *(point for verdict in result.verdicts for point in (*verdict.good, *verdict.bad)),
        *result.variants,
        *(setting for variant in result.variants for setting in variant.settings),
        *filter(None, [result.family]),
        *result.route,
        *result.checks,
        *_cited_in_repair(result.repair),
    )
    for id in sorted({id for part in citing for id in part.sources}):
        row = here.table.sources[id]
        yield picked(CitedSource, row, dissents=against(here, row))


def _cited_in_repair(repairs: Repair | None) -> Iterator[Any]:
    """The parts of what to repair that cite sources."""
    if repairs:
        ways = (*repairs.fitting, *repairs.again)
        yield from (*repairs.symptoms, *ways)
        yield from (setting for way in ways for setting in way.settings)
