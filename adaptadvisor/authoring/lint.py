"""What a reader would object to in a table that can be used: unused rows, old evidence, doubles.

Pure: the caller brings the date. What the loader refuses never gets this far.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import date
from itertools import chain

from adaptadvisor.authoring.doubles import same_spelling
from adaptadvisor.authoring.outcomes import precedents
from adaptadvisor.authoring.places import (
    ARGUED,
    Row,
    conditions,
    fields,
    own,
    parts,
    problem,
    rows,
    with_parts,
    within,
)
from adaptadvisor.authoring.rivals import same_conditions, same_priorities
from adaptadvisor.authoring.telling_apart import untested_causes
from adaptadvisor.engine.situation import both
from adaptadvisor.errors import Problem, by_place
from adaptadvisor.reading.tables import Loaded
from adaptadvisor.table.conditions import ALWAYS, Test, tests
from adaptadvisor.table.facts import UNKNOWN_WORDS, Fact, show, show_number, spelling
from adaptadvisor.table.plans import APPROACHES
from adaptadvisor.table.rows import CONDITIONAL, Family, Need, Option, Topic, Variant


def lint(loaded: Loaded, today: date) -> tuple[Problem, ...]:
    """Every finding by place. What is unused, due, said twice or unfinished in a base is for its
    owner.
    """
    dated = (_due(loaded, today), precedents(loaded, today))
    found = chain(*dated, *(look(loaded) for look in _LOOKS))
    return tuple(sorted(dict.fromkeys(found), key=by_place))


# ---- facts and numbers ----


def _numbers(loaded: Loaded) -> Iterator[Problem]:
    for path, row in rows(loaded, "thresholds"):
        fact, value = loaded.table.facts[row.fact], show_number(row.value)
        if not fact.numeric:
            message = f'"{row.id}" is a threshold of "{fact.id}", which is a {fact.type}'
            yield problem(loaded, "threshold-of-no-number", f"{path}/fact", message)
        elif not fact.minimum <= row.value <= fact.maximum or (
            fact.type == "integer" and row.value != int(row.value)
        ):
            wrong = f'"{row.id}" is {value}, which "{fact.id}" can never be'
            message = f"{wrong}; expected {fact.expects}"
            yield problem(loaded, "threshold-out-of-range", f"{path}/value", message)
    for path, fact in rows(loaded, "questions"):
        if fact.numeric and fact.minimum > fact.maximum:
            low, high = show_number(fact.minimum), show_number(fact.maximum)
            wrong = f'"{fact.id}" has the minimum {low} above its maximum {high}'
            message = f"{wrong}, so nobody can answer"
            yield problem(loaded, "empty-range", f"{path}/minimum", message)


def _unused(loaded: Loaded) -> Iterator[Problem]:
    read = {test.fact for condition in conditions(loaded) for test in tests(condition)}
    read |= {name for fact in read for name in loaded.table.facts[fact].inputs}
    nobody = "no row reads it, so no answer can change the advice"
    for section, code, used, why in (
        ("thresholds", "unused-threshold", loaded.read_thresholds, "no condition names it"),
        ("sources", "unused-source", set(_cited(loaded)), "no row cites it"),
        ("questions", "unused-fact", read | {"tried"}, nobody),
    ):
        for path, row in rows(loaded, section):
            if row.id not in used and own(loaded, path):
                yield problem(loaded, code, path, f'"{row.id}" is not used: {why}')


def _cited(loaded: Loaded) -> Iterator[str]:
    for _, row in with_parts(loaded):
        yield from getattr(row, "sources", ())
        yield from getattr(row, "see_also", ())


def _choices(loaded: Loaded) -> Iterator[Problem]:
    read: dict[str, dict[Test, None]] = {}
    for condition in chain(loaded.table.applies.values(), conditions(loaded)):
        for test in tests(condition):
            read.setdefault(test.fact, {})[_without_words(test)] = None
    for path, fact in rows(loaded, "questions"):
        yield from _unreachable(loaded, path, fact)
        if fact.id in read and own(loaded, path):
            yield from _alike_choices(loaded, path, fact, tuple(read[fact.id]))


def _without_words(test: Test) -> Test:
    return Test(test.fact, test.values, test.intervals)


def _alike_choices(
    loaded: Loaded, path: str, fact: Fact, read: tuple[Test, ...]
) -> Iterator[Problem]:
    """Choices that no condition tells apart, and choices that are wrongly called alike."""
    groups: dict[tuple[bool | None, ...], list[str]] = {}
    for value in dict.fromkeys(fact.values):
        groups.setdefault(tuple(test.accepts(value) for test in read), []).append(show(value))
    said = loaded.alike.get(fact.id, ())
    for alike in groups.values():
        if len(alike) > 1 and not set(alike) <= set(said):
            words = ", ".join(alike)
            wrong = f'"{fact.id}" has choices that every condition treats alike: {words}'
            message = f"{wrong}; if that is meant, say `alike: [{words}]`"
            yield problem(loaded, "same-choices", within(loaded, path, "choices"), message)
    if said and not any(set(said) <= set(alike) for alike in groups.values()):
        wrong = f'"{fact.id}" says that {", ".join(said)} are alike'
        message = f"{wrong}, but some condition tells them apart"
        yield problem(loaded, "not-alike", f"{path}/alike", message)


def _unreachable(loaded: Loaded, path: str, fact: Fact) -> Iterator[Problem]:
    """Choices that no answer can mean, and answers that no choice explains."""
    missing = {"true", "false"} - {choice.value for choice in fact.choices}
    if fact.type == "bool" and missing:
        message = f'"{fact.id}" does not say what {" and ".join(sorted(missing))} means'
        yield problem(loaded, "missing-choice", path, message)
    seen: set[str] = set()
    for number, choice in enumerate(fact.choices):
        if fact.type not in ("choice", "bool"):
            why = f"the fact is a {fact.type}"
        elif fact.type == "bool" and choice.value not in ("true", "false"):
            why = "a yes/no fact has the choices true and false"
        else:
            why = ""
        own = {spelling(word) for word in (choice.value, *choice.also)}
        heard = tuple(word for word in choice.heard if spelling(word) not in own)
        for key, words in (("value", (choice.value,)), ("also", choice.also), ("heard", heard)):
            for word in words:
                found = why or _taken(word, seen)
                seen.add(spelling(word))
                if found:
                    message = f'nobody can answer "{word}" to "{fact.id}": {found}'
                    place = f"{path}/choices:{number}/{key}"
                    yield problem(loaded, "unreachable-choice", place, message)


def _units(loaded: Loaded) -> Iterator[Problem]:
    """Units that no number is in, words that two units share, and values that stand on nothing."""
    for path, fact in rows(loaded, "questions"):
        seen: set[str] = set()
        for number, unit in enumerate(fact.units):
            place = f"{path}/units:{number}"
            twice = [word for word in unit.words if spelling(word) in seen]
            seen.update(map(spelling, unit.words))
            if not fact.numeric:
                message = f'"{fact.id}" is a {fact.type}, which has no units'
                yield problem(loaded, "bad-unit", place, message)
            elif twice:
                message = f'"{twice[0]}" is two units of "{fact.id}"; expected each word once'
                yield problem(loaded, "bad-unit", f"{place}/words", message)
            elif not (unit.exact or unit.because):
                wrong = f'the unit "{unit.words[0]}" of "{fact.id}" rests on nothing'
                message = f"{wrong}; expected `because: ...`, or `exact: true`"
                yield problem(loaded, "unsourced", place, message)


def _taken(word: str, seen: set[str]) -> str:
    """Why a word cannot be an answer, if it cannot."""
    if word.lower() in UNKNOWN_WORDS:
        return 'it is read as "I do not know"'
    return "there is such a choice already" if spelling(word) in seen else ""


# ---- evidence ----


def _examples(loaded: Loaded) -> Iterator[Problem]:
    for path, row in rows(loaded, *CONDITIONAL):
        missing = [name for name in ("fires", "quiet") if not getattr(row.examples, name)]
        if row.when != ALWAYS and missing:
            wrong = f'"{row.id}" has no example under {" and none under ".join(missing)}'
            message = f"{wrong}; expected at least one situation under each"
            yield problem(loaded, "no-examples", f"{path}/examples", message)


def _unsourced(loaded: Loaded) -> Iterator[Problem]:
    """What cites nothing: thresholds and rows; of a need without sources, its parts without any."""
    for path, row in rows(loaded, "thresholds", *ARGUED):
        if row.sources:
            continue
        need = isinstance(row, Need)
        for place, part in parts(path, row) if need else [(path, row)]:
            where = f", where it speaks of {part.approach}," if need else ""
            if not part.sources:
                expected = "expected `sources: [...]` with at least one id"
                message = f'"{row.id}"{where} cites no source; {expected}'
                yield problem(loaded, "unsourced", place, message)


def _settings(loaded: Loaded) -> Iterator[Problem]:
    """Variants that leave a reader without a place to start, and settings that stand on nothing."""
    for path, row in rows(loaded, "variants"):
        missing = [name for name in ("settings", "if_it_fails") if not getattr(row, name)]
        if missing:
            wrong = f'"{row.id}" does not say what to start with'
            message = f"{wrong}; expected {' and '.join(f'`{name}`' for name in missing)}"
            yield problem(loaded, "no-settings", path, message)
        for number, setting in enumerate(row.settings):
            if not setting.sources and not setting.default:
                wrong = f'the setting "{setting.name}" of "{row.id}" cites no source'
                message = f"{wrong}; expected `sources: [...]`, or `default: true`"
                yield problem(loaded, "unsourced", f"{path}/settings:{number}", message)


def _due(loaded: Loaded, today: date) -> Iterator[Problem]:
    """Rows whose last review is too long ago; a row that an overlay changes is its own."""
    days = loaded.table.review_after_days
    for path, row in rows(loaded, "needs", "limits", "symptoms"):
        ago = (today - date.fromisoformat(row.reviewed)).days
        if days and ago > days and own(loaded, path):
            late = f'"{row.id}" was reviewed on {row.reviewed}, {ago:,} days ago'
            message = f"{late}; a review is due after {days:,} days"
            yield problem(loaded, "due-for-review", within(loaded, path, "reviewed"), message)


# ---- needs ----


def _needs(loaded: Loaded) -> Iterator[Problem]:
    for path, need in rows(loaded, "needs"):
        met, refused = (
            {part.approach for part in found} for found in (need.met_by, need.not_met_by)
        )
        always = {option.approach for option in need.met_by if option.when == ALWAYS}
        if silent := _in_order(set(APPROACHES) - met - refused):
            wrong = f'"{need.id}" says nothing of {silent}'
            message = f"{wrong}; name each approach in met_by or in not_met_by"
            yield problem(loaded, "silent-on-approach", path, message)
        if silent := _in_order(met - always - refused):
            wrong = f'"{need.id}" is met by {silent} only under conditions'
            message = f"{wrong}, and not_met_by does not say why not otherwise"
            yield problem(loaded, "no-refusal", path, message)
        yield from _foreign_variants(loaded, path, need)
        yield from _hidden_refusals(loaded, path, need)


def _in_order(approaches: set[str]) -> str:
    return ", ".join(approach for approach in APPROACHES if approach in approaches)


def _foreign_variants(loaded: Loaded, path: str, need: Need) -> Iterator[Problem]:
    for place, part in parts(path, need):
        variant = loaded.table.variants.get(part.variant) if isinstance(part, Option) else None
        if variant and part.approach not in variant.approaches:
            names = ", ".join(variant.approaches)
            message = f'"{variant.id}" is a variant of {names}, not of {part.approach}'
            yield problem(loaded, "variant-of-another-approach", place, message)


def _hidden_refusals(loaded: Loaded, path: str, need: Need) -> Iterator[Problem]:
    """Refusals of an approach that meets the need as soon as it has what it needs."""
    provided = {
        option.approach: both(loaded.table.approaches[option.approach].provided, option.provided)
        for option in need.met_by
        if option.when == ALWAYS
    }
    for number, refusal in enumerate(need.not_met_by):
        if refusal.approach in provided:
            lacking = "what it lacks is said instead"
            why = lacking if [*tests(provided[refusal.approach])] else "it always meets the need"
            wrong = f'why {refusal.approach} does not meet "{need.id}" is never shown'
            message = f"{wrong}: {why}"
            yield problem(loaded, "refusal-never-shown", f"{path}/not_met_by/{number}", message)


# ---- text ----

_PLACEHOLDER = re.compile(
    r"\b(?:TODO|FIXME|XXX|TBD)\b|\b[Ll]orem ipsum\b|\A(?:\.\.\.|\u2026|lorem)\Z"
)
_PAIRS = {"(": ")", "[": "]", "{": "}"}
_WORDS = (
    *("id", "type", "unit", "fact", "kind", "approach"),
    *("variant", "stage", "role", "reviewed", "value"),
)
"""Fields that hold a word with a meaning of its own, which is checked elsewhere."""


def _text(loaded: Loaded) -> Iterator[Problem]:
    its_own = ((path, row) for path, row in rows(loaded) if own(loaded, path))
    for row_path, row in (each for one in its_own for each in (one, *parts(*one))):
        for path, text in _texts(row_path, row):
            if found := _PLACEHOLDER.search(text):
                message = f'"{found[0]}" is there in place of a text that is still to be written'
                yield problem(loaded, "placeholder-text", path, message)
            if mark := _unclosed(text):
                yield problem(loaded, "unclosed-bracket", path, f'a "{mark}" is never closed')
        if isinstance(row, Fact):
            asked = (row.question, *(wording.question for wording in row.worded))
            if not all(question.endswith("?") for question in asked):
                message = f'the question of "{row.id}" does not end in "?"'
                yield problem(loaded, "no-question-mark", f"{row_path}/question", message)


def _texts(path: str, row: Row) -> Iterator[tuple[str, str]]:
    listed = isinstance(row, (Variant, Family, Topic))
    for name, value in fields(row).items():
        if name not in _WORDS:
            for text in value if isinstance(value, tuple) and listed else (value,):
                if isinstance(text, str):
                    yield f"{path}/{name}", text


def _unclosed(text: str) -> str:
    """The first kind of bracket or backtick that is opened more often than it is closed."""
    for opening, closing in _PAIRS.items():
        if text.count(opening) > text.count(closing):
            return opening
    return "`" if text.count("`") % 2 else ""


_LOOKS: tuple[Callable[[Loaded], Iterator[Problem]], ...] = (
    _numbers,
    _unused,
    _choices,
    _units,
    _examples,
    _unsourced,
    _settings,
    same_conditions,
    same_priorities,
    _needs,
    same_spelling,
    untested_causes,
    _text,
)
