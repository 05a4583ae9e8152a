"""`explain`: what one row, fact, approach, variant, family, failure mode, source, topic or problem
code says, for a terminal.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any, NamedTuple

from adaptadvisor.authoring.problem_codes import PROBLEMS, Explained
from adaptadvisor.errors import bad_input, nearest, one_of, shown
from adaptadvisor.page import Page
from adaptadvisor.table.conditions import ALWAYS, Condition, describe, tests
from adaptadvisor.table.derived import DERIVED
from adaptadvisor.table.facts import Fact, fact_flag, show_number
from adaptadvisor.table.plans import APPROACHES
from adaptadvisor.table.rows import (
    Approach,
    Check,
    Family,
    Limit,
    Need,
    Readiness,
    Source,
    Table,
    Threshold,
    Topic,
    Variant,
)


def render(table: Table, what: str, width: int = 80, *, colour: bool = False) -> str:
    """The explanation of whatever goes by this name; `BadInput` with the nearest name where nothing
    does.
    """
    page = Page(width, colour=colour)
    row = find(table, what)
    _WRITERS[type(row)](page, table, row)
    _cited(page, table, row)
    return page.text()


def find(table: Table, what: str) -> Any:
    """The row, fact or topic with this id, alias or title; case, blanks, dashes and underscores do
    not matter.
    """
    names = dict(_names(table))
    row = names.get(_plain(what))
    if row is None:
        known = [*(id for section in _sections(table).values() for id in section), *PROBLEMS]
        hint = nearest(_plain(what), [*map(_plain, known), *known]) or _sharing_a_word(names, what)
        raise bad_input(
            "unknown-id",
            f'nothing here is called "{shown(what)}"{hint} (`adaptadvisor explain topics` lists'
            " all)",
        )
    return row


def _sharing_a_word(names: Mapping[str, Any], what: str) -> str:
    """`; see mlm or nsp` for what has a long word in common with the question."""
    words = {word for word in _plain(what).split("-") if len(word) > 3}
    found = dict.fromkeys(
        row.id
        for name, row in names.items()
        if words & set(name.split("-")) and not isinstance(row, (_Index, _Problem, Source))
    )
    return f"; see {one_of(sorted(found)[:4])}" if found else ""


class _Problem(NamedTuple):
    """The code of a problem of rule tables, with what it means."""

    id: str
    explained: Explained


class _Index(dict[str, tuple[str, ...]]):
    """All names, by kind."""


def _plain(name: str) -> str:
    return "-".join(name.lower().replace("_", " ").replace("-", " ").replace("?", "").split())


def _sections(table: Table) -> dict[str, Mapping[str, Any]]:
    return {
        "approaches": table.approaches,
        "facts": table.facts,
        "needs": table.needs,
        "limits": table.limits,
        "first steps": table.readiness,
        "variants": table.variants,
        "model families": table.families,
        "checks": table.checks,
        "topics": table.topics,
        "thresholds": table.thresholds,
        "sources": table.sources,
    }


def _names(table: Table) -> Iterator[tuple[str, Any]]:
    """Names and what they stand for; where a name stands for two things, the later one here wins."""
    yield from ((code, _Problem(code, explained)) for code, explained in PROBLEMS.items())
    for topic in table.topics.values():
        yield from ((_plain(alias), topic) for alias in (*topic.aliases, topic.title))
    for section in reversed(_sections(table).values()):
        yield from ((_plain(id), row) for id, row in section.items())
    for name in ("topics", "all", "index", "list"):
        yield name, _Index({kind: tuple(rows) for kind, rows in _sections(table).items()})
    yield "problems", _Index(_problems())


def _problems() -> dict[str, tuple[str, ...]]:
    return {
        "problems that a rule table cannot be used with": tuple(
            code for code, explained in PROBLEMS.items() if not explained.finding
        ),
        "findings in a table that can be used": tuple(
            code for code, explained in PROBLEMS.items() if explained.finding
        ),
    }


def _condition(page: Page, label: str, condition: Condition) -> None:
    page.say(f"{describe(condition)}.", mark=f"{label}: ")


def _pairs(page: Page, *pairs: tuple[str, str]) -> None:
    for label, text in pairs:
        if text:
            page.say(text, mark=f"{label}: ")


def _fact(page: Page, table: Table, fact: Fact) -> None:
    page.title(f"{fact.id} (a fact: {fact.type})")
    if fact.derived:
        derived = next(derived for derived in DERIVED if derived.fact.id == fact.id)
        page.say(f"{fact.question} It is {fact.why}, never asked.")
        page.say((derived.compute.__doc__ or "").strip().split("\n")[0])
    else:
        page.say(fact.question)
        _pairs(page, ("Why we ask", fact.why), ("How to find out", fact.find_out))
        if fact.id in table.applies:
            _condition(page, "Asked when", table.applies[fact.id])
        if fact.obtainable:
            page.say("what-if looks here first: another answer can be brought about.")
        page.say(
            f"{fact_flag(fact.id)}, in a facts file `{fact.id}: ...`; {fact.expects}.",
            mark="How to give it: ",
        )
    for choice in fact.choices:
        page.say(choice.means, mark=f"- {choice.value}: ")
    thresholds = sorted(
        (row.value, row.id, row.means) for row in table.thresholds.values() if row.fact == fact.id
    )
    if thresholds:
        page.heading("Lines that rows draw")
        for value, id, means in thresholds:
            page.say(f"{means} [{id}]", mark=f"- {show_number(value)}: ")
    users = [
        id
        for section in ("needs", "limits")
        for id, row in getattr(table, section).items()
        if fact.id in _read_by(row)
    ]
    if users:
        page.heading("Read by")
        page.say(", ".join(users))


def _read_by(row: Need | Limit) -> set[str]:
    conditions = [row.when]
    if isinstance(row, Need):
        conditions += [part for option in row.met_by for part in (option.when, option.provided)]
    return {test.fact for condition in conditions for test in tests(condition)}


def _approach(page: Page, table: Table, row: Approach) -> None:
    page.title(f"{row.id} (an approach, number {APPROACHES.index(row.id) + 1} of 5 by cost)")
    page.say(row.what)
    _pairs(
        page,
        ("Changes", row.changes),
        ("Strong at", row.strong_at),
        ("Weak at", row.weak_at),
        ("First step", row.step),
        ("Gate", row.gate),
        ("In a combination", row.drop_if),
    )
    if row.provided != ALWAYS:
        _condition(page, "Needs", row.provided)
    page.heading("Meets")
    for need in table.needs.values():
        for option in need.met_by:
            if option.approach == row.id:
                condition = f" when {describe(option.when)}" if option.when != ALWAYS else ""
                page.say(f"{need.need}{condition}", mark=f"- {need.id}: ")
    page.heading("Ruled out by")
    for limit in table.limits.values():
        if row.id in limit.rules_out:
            page.say(f"{limit.limit} ({describe(limit.when)})", mark=f"- {limit.id}: ")
    page.heading("Variants")
    page.say(
        ", ".join(variant.id for variant in table.variants.values() if row.id in variant.approaches)
    )


def _need(page: Page, table: Table, row: Need) -> None:
    page.title(f"{row.id} (a need)")
    page.say(f"{row.need}.")
    _condition(page, "Counts when", row.when)
    page.heading("Met by")
    for option in row.met_by:
        words = [
            f"when {describe(option.when)}" if option.when != ALWAYS else "",
            _provided(option.provided),
            f"as {option.variant}" if option.variant else "",
        ]
        inside = "; ".join(filter(None, words))
        page.say(option.because, mark=f"- {option.approach}{f' ({inside})' if inside else ''}: ")
    if row.not_met_by:
        page.heading("Not met by")
        for refusal in row.not_met_by:
            page.say(refusal.because, mark=f"- {refusal.approach}: ")
    page.heading("To know")
    _pairs(
        page,
        ("If it stays open", row.closed_by),
        ("Misleads when", row.misleads_when),
        ("Disagreement", row.disagreement),
        ("Reviewed", row.reviewed),
    )


def _provided(condition: Condition) -> str:
    return f"provided {describe(condition)}" if condition != ALWAYS else ""


def _limit(page: Page, table: Table, row: Limit) -> None:
    page.title(f"{row.id} (a limit)")
    page.say(f"{row.limit}.")
    _condition(page, "Counts when", row.when)
    _pairs(
        page,
        ("Rules out", ", ".join(row.rules_out)),
        ("Because", row.because),
        ("Lifted by", row.lifted_by),
        ("Misleads when", row.misleads_when),
        ("Disagreement", row.disagreement),
        ("Reviewed", row.reviewed),
    )


def _readiness(page: Page, table: Table, row: Readiness) -> None:
    page.title(f"{row.id} (a first step)")
    page.say(row.do)
    _condition(page, "Shown when", row.when)
    _pairs(
        page,
        ("For plans with", ", ".join(row.approaches)),
        ("Because", row.because),
        ("Means", "not yet" if row.blocks else ""),
        ("Disagreement", row.disagreement),
    )


def _variant(page: Page, table: Table, row: Variant) -> None:
    page.title(f"{row.id} (a variant of {', '.join(row.approaches)}: {row.role})")
    page.say(f"{row.name}. {row.what}")
    _condition(page, "Picked when", row.when)
    _pairs(
        page,
        ("Because", row.because),
        ("Watch out", row.watch_out),
        ("Disagreement", row.disagreement),
    )


def _family(page: Page, table: Table, row: Family) -> None:
    page.title(f"{row.id} (a model family: a first filter, never a final rule)")
    page.say(f"{row.name}. {row.what}")
    _pairs(
        page,
        ("Pretrained by", row.objective),
        ("Examples", ", ".join(row.examples_of)),
        ("Misleads when", row.misleads_when),
    )
    for heading, lines in (("Strengths", row.strengths), ("Weaknesses", row.weaknesses)):
        page.heading(heading)
        for line in lines:
            page.say(line, mark="- ")
    page.heading("First look")
    for pick in row.picks:
        page.say(
            pick.because,
            mark=(
                "- for"
                f" {', '.join(pick.approaches)}{f' when {describe(pick.when)}' if pick.when != ALWAYS else ''}: "
            ),
        )


def _check(page: Page, table: Table, row: Check) -> None:
    page.title(f"{row.id} (a failure mode and its check)")
    page.say(f"{row.failure}. {row.goes_wrong}")
    _pairs(page, ("For plans with", ", ".join(row.approaches)))
    _condition(page, "Applies when", row.when)
    _pairs(
        page,
        ("Run", row.run),
        ("On", row.run_on),
        ("Passes", row.passes),
        ("Because", row.because),
        ("Disagreement", row.disagreement),
    )


def _topic(page: Page, table: Table, row: Topic) -> None:
    page.title(row.title)
    for number, paragraph in enumerate(row.text.split("\n\n")):
        if number:
            page.say("")
        page.say(" ".join(paragraph.split()))
    if row.see_also:
        page.heading("See also")
        page.say(", ".join(row.see_also))


def _threshold(page: Page, table: Table, row: Threshold) -> None:
    kinds = {
        "accepted": "what an interface accepts",
        "probe": "worth a first attempt",
        "enough": "usually enough",
        "default": "an engineering default",
    }
    page.title(f"{row.id} (a threshold: {row.fact} {show_number(row.value)})")
    page.say(f"{row.means}. Kind: {kinds[row.kind]}.")


def _source(page: Page, table: Table, row: Source) -> None:
    page.title(f"{row.id} (a source)")
    page.say(f"{row.title}. {row.venue}, {row.year}. {row.address}")
    page.say(row.finding)
    seen = {"source": "seen in a public text", "recall": "from memory, not re-read"}[row.checked]
    _pairs(
        page,
        ("Strength", f"{row.strength}, {seen}"),
        ("Speaks for", ", ".join(row.supports)),
        ("Speaks against", ", ".join(row.against)),
    )


def _problem(page: Page, table: Table, problem: _Problem) -> None:
    page.title(
        f"{problem.id} ({'a finding in' if problem.explained.finding else 'a problem of'} a rule"
        " table)"
    )
    page.say(problem.explained.says)
    _pairs(page, ("What to do", problem.explained.mend))


def _index(page: Page, table: Table, index: _Index) -> None:
    page.title("Everything that can be explained")
    for kind, names in index.items():
        page.heading(kind.capitalize())
        page.say(", ".join(names))


def _cited(page: Page, table: Table, row: Any) -> None:
    """The sources of a row and of its options."""
    ids = set(getattr(row, "sources", ()))
    if isinstance(row, Need):
        ids |= {id for option in row.met_by for id in option.sources} | {
            id for refusal in row.not_met_by for id in refusal.sources
        }
    if ids:
        page.heading("Sources")
    for id in sorted(ids):
        source = table.sources[id]
        page.say(
            f"{source.title}, {source.year}. {source.address} ({source.strength})", mark=f"- {id}: "
        )


_WRITERS: dict[type, Callable[[Page, Table, Any], None]] = {
    Fact: _fact,
    Approach: _approach,
    Need: _need,
    Limit: _limit,
    Readiness: _readiness,
    Variant: _variant,
    Family: _family,
    Check: _check,
    Topic: _topic,
    Threshold: _threshold,
    Source: _source,
    _Index: _index,
    _Problem: _problem,
}
