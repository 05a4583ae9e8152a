"""What a reader of a table would object to, although it can be used: unused rows, evidence that has
aged, rows that say the same.

Everything here is pure: the caller brings the date. What the loader refuses never gets this far.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Hashable, Iterable, Iterator
from datetime import date
from itertools import chain, combinations, islice
from typing import Any, NamedTuple

from adaptadvisor.authoring.meaning import Box, boxes, meaning, together
from adaptadvisor.errors import Location, Problem, by_place
from adaptadvisor.reading.tables import SECTIONS, Loaded
from adaptadvisor.table.conditions import ALWAYS, Condition, Test, tests
from adaptadvisor.table.facts import UNKNOWN_WORDS, Fact, show, show_number
from adaptadvisor.table.plans import APPROACHES
from adaptadvisor.table.rows import CONDITIONAL, Family, Need, Option, Topic, Variant

_ARGUED = ("approaches", "needs", "limits", "readiness", "variants", "families", "checks")
_TERMS = 4096  # the loader lets no condition through that has more than 64 alternatives
_MOST_PAIRS = 200_000
"""Pairs of alternatives compared in search of equal priorities: far more than a table that people
review has.
"""


def lint(loaded: Loaded, today: date) -> tuple[Problem, ...]:
    """Every finding, sorted by place. Of a base that the table extends, what is unused, due or said
    twice is not reported: it is another's.
    """
    found = chain(_due(loaded, today), *(look(loaded) for look in _LOOKS))
    return tuple(sorted(dict.fromkeys(found), key=by_place))


def _problem(loaded: Loaded, code: str, path: str, message: str) -> Problem:
    """A finding at a place, or at the nearest one that encloses it."""
    while path not in loaded.places and "/" in path:
        path = path.rpartition("/")[0]
    return Problem(code, message, loaded.places.get(path, Location(str(loaded.folders[-1]))))


def _own(loaded: Loaded, path: str) -> bool:
    """Whether a row stands in the folder itself, not in one that it extends."""
    return path in loaded.places and loaded.own(loaded.places[path])


def _rows(loaded: Loaded, *sections: str) -> Iterator[tuple[str, Any]]:
    """Paths and rows."""
    table = loaded.table
    for section in sections or SECTIONS:
        rows = (
            {fact.id: fact for fact in table.questions}
            if section == "questions"
            else getattr(table, section)
        )
        yield from ((f"{section}/{id}", row) for id, row in rows.items())


def _conditions(loaded: Loaded) -> Iterator[tuple[str, Condition]]:
    """Paths and conditions of everything that gives advice; when a question is asked is none of it."""
    for path, row in _rows(loaded, *_ARGUED):
        for part_path, part in [(path, row), *_parts(path, row)]:
            for name in ("when", "provided"):
                if hasattr(part, name):
                    yield f"{part_path}/{name}", getattr(part, name)


def _parts(path: str, row: Any) -> Iterator[tuple[str, Any]]:
    """Paths and rows inside a row."""
    for name in ("met_by", "not_met_by", "picks"):
        yield from (
            (f"{path}/{name}/{number}", part) for number, part in enumerate(getattr(row, name, ()))
        )
    if isinstance(row, Fact):
        yield from (
            (f"{path}/choices:{number}", choice) for number, choice in enumerate(row.choices)
        )


# ---- facts and numbers ----


def _numbers(loaded: Loaded) -> Iterator[Problem]:
    for path, row in _rows(loaded, "thresholds"):
        fact, value = loaded.table.facts[row.fact], show_number(row.value)
        if not fact.numeric:
            yield _problem(
                loaded,
                "threshold-of-no-number",
                f"{path}/fact",
                f'"{row.id}" is a threshold of "{fact.id}", which is a {fact.type}',
            )
        elif not fact.minimum <= row.value <= fact.maximum or (
            fact.type == "integer" and row.value != int(row.value)
        ):
            message = (
                f'"{row.id}" is {value}, which "{fact.id}" can never be; expected {fact.expects}'
            )
            yield _problem(loaded, "threshold-out-of-range", f"{path}/value", message)
    for path, fact in _rows(loaded, "questions"):
        if fact.numeric and fact.minimum > fact.maximum:
            message = (
                f'"{fact.id}" has the minimum {show_number(fact.minimum)} above its maximum'
                f" {show_number(fact.maximum)}, so nobody can answer"
            )
            yield _problem(loaded, "empty-range", f"{path}/minimum", message)


def _unused(loaded: Loaded) -> Iterator[Problem]:
    read = {test.fact for _, condition in _conditions(loaded) for test in tests(condition)}
    read |= {name for fact in read for name in loaded.table.facts[fact].inputs}
    cited = set(_cited(loaded))
    for section, code, used, remedy in (
        ("thresholds", "unused-threshold", loaded.read_thresholds, "no condition names it"),
        ("sources", "unused-source", cited, "no row cites it"),
        (
            "questions",
            "unused-fact",
            read | {"tried"},
            "no row reads it, so no answer can change the advice",
        ),
    ):
        for path, row in _rows(loaded, section):
            if row.id not in used and _own(loaded, path):
                yield _problem(loaded, code, path, f'"{row.id}" is not used: {remedy}')


def _cited(loaded: Loaded) -> Iterator[str]:
    for path, row in _rows(loaded):
        for _, part in [(path, row), *_parts(path, row)]:
            yield from getattr(part, "sources", ())
        if isinstance(row, Topic):
            yield from row.see_also


def _choices(loaded: Loaded) -> Iterator[Problem]:
    asked = [test for condition in loaded.table.applies.values() for test in tests(condition)]
    read: dict[str, dict[Test, None]] = {}
    for test in chain(asked, *(tests(condition) for _, condition in _conditions(loaded))):
        read.setdefault(test.fact, {})[test._replace(text="")] = None
    for path, fact in _rows(loaded, "questions"):
        yield from _unreachable(loaded, path, fact)
        if fact.id in read and _own(loaded, path):
            yield from _alike_choices(loaded, path, fact, tuple(read[fact.id]))


def _alike_choices(
    loaded: Loaded, path: str, fact: Fact, read: tuple[Test, ...]
) -> Iterator[Problem]:
    """Choices that no condition tells apart, unless the question says that they are alike; and
    choices that are told apart although it does.
    """
    groups: dict[tuple[bool, ...], list[str]] = {}
    for value in dict.fromkeys(fact.values):
        groups.setdefault(tuple(test.accepts(value) for test in read), []).append(show(value))
    said = loaded.alike.get(fact.id, ())
    for alike in groups.values():
        if len(alike) > 1 and not set(alike) <= set(said):
            message = (
                f'"{fact.id}" has choices that every condition treats alike: {", ".join(alike)}; if'
                f" that is meant, say `alike: [{', '.join(alike)}]`"
            )
            yield _problem(loaded, "same-choices", _within(loaded, path, "choices"), message)
    if said and not any(set(said) <= set(alike) for alike in groups.values()):
        message = (
            f'"{fact.id}" says that {", ".join(said)} are alike, but some condition tells them'
            " apart"
        )
        yield _problem(loaded, "not-alike", f"{path}/alike", message)


def _unreachable(loaded: Loaded, path: str, fact: Fact) -> Iterator[Problem]:
    """Choices that no answer can mean, and answers that no choice explains."""
    if fact.type == "bool" and (
        missing := {"true", "false"} - {choice.value for choice in fact.choices}
    ):
        yield _problem(
            loaded,
            "missing-choice",
            path,
            f'"{fact.id}" does not say what {" and ".join(sorted(missing))} means',
        )
    seen: set[str] = set()
    for number, choice in enumerate(fact.choices):
        if fact.type not in ("choice", "bool"):
            why = f"the fact is a {fact.type}"
        elif fact.type == "bool" and choice.value not in ("true", "false"):
            why = "a yes/no fact has the choices true and false"
        elif choice.value.lower() in UNKNOWN_WORDS:
            why = 'it is read as "I do not know"'
        else:
            why = "it stands there already" if choice.value in seen else ""
        seen.add(choice.value)
        if why:
            message = f'nobody can answer "{choice.value}" to "{fact.id}": {why}'
            yield _problem(loaded, "unreachable-choice", f"{path}/choices:{number}/value", message)


# ---- evidence ----


def _examples(loaded: Loaded) -> Iterator[Problem]:
    for path, row in _rows(loaded, *CONDITIONAL):
        missing = [name for name in ("fires", "quiet") if not getattr(row.examples, name)]
        if row.when != ALWAYS and missing:
            message = (
                f'"{row.id}" has no example under {" and none under ".join(missing)}; expected at'
                " least one situation under each"
            )
            yield _problem(loaded, "no-examples", f"{path}/examples", message)


def _unsourced(loaded: Loaded) -> Iterator[Problem]:
    """What cites nothing: thresholds and rows; of a need that cites nothing, the options and
    refusals that do not either.
    """
    for path, row in _rows(loaded, "thresholds", *_ARGUED):
        if row.sources:
            continue
        silent = (
            [(place, part) for place, part in _parts(path, row) if not part.sources]
            if isinstance(row, Need)
            else [(path, row)]
        )
        for place, part in silent:
            what = (
                f'the need "{row.id}", where it speaks of {part.approach},'
                if isinstance(row, Need)
                else f'"{row.id}"'
            )
            yield _problem(
                loaded,
                "unsourced",
                place,
                f"{what} cites no source; expected `sources: [...]` with at least one id",
            )


def _due(loaded: Loaded, today: date) -> Iterator[Problem]:
    """Rows whose review was longer ago than it stands for. Rows that an overlay changes are its
    own, wherever their date stands.
    """
    days = loaded.table.review_after_days
    for path, row in _rows(loaded, "needs", "limits"):
        ago = (today - date.fromisoformat(row.reviewed)).days
        if days and ago > days and _own(loaded, path):
            message = (
                f'"{row.id}" was reviewed on {row.reviewed}, {ago:,} days ago; a review stands for'
                f" {days:,} days"
            )
            yield _problem(loaded, "due-for-review", _within(loaded, path, "reviewed"), message)


def _within(loaded: Loaded, path: str, field: str) -> str:
    """The place of a field that stands in the same file as its row; else the row, whose owner
    cannot mend what a base says.
    """
    field = f"{path}/{field}"
    return (
        field
        if field in loaded.places and loaded.places[path].file == loaded.places[field].file
        else path
    )


# ---- conditions ----


class _Entry(NamedTuple):
    """A row or a part of one that stands in a group with others."""

    path: str
    row: str
    name: str
    boxes: tuple[Box, ...]
    meaning: Hashable
    scope: frozenset[str]
    priority: int = 0


def _entry(
    loaded: Loaded,
    path: str,
    row: str,
    name: str,
    when: Condition,
    scope: Iterable[str],
    priority: int = 0,
) -> _Entry:
    found = boxes(when, loaded.table.facts, _TERMS)
    return _Entry(path, row, name, found, meaning(found), frozenset(scope), priority)


def _same(loaded: Loaded) -> Iterator[Problem]:
    """Rows with one condition of which the second adds nothing. Conditions that never hold are not
    compared; `prove` finds those.

    Checks are not compared: all of them are shown, and two may well ask for the same. A variant
    that an option names is shown when that counts.
    """
    limits = (
        _entry(loaded, path, path, row.id, row.when, row.rules_out)
        for path, row in _rows(loaded, "limits")
    )
    needs = (
        _entry(loaded, path, path, row.id, row.when, ()) for path, row in _rows(loaded, "needs")
    )
    yield from _alike(
        loaded,
        needs,
        lambda _, __: True,
        "two needs count in the same situations; make them one, or say how they differ",
    )
    yield from _alike(
        loaded,
        limits,
        lambda one, other: bool(one.scope & other.scope),
        "two limits rule the same out in the same situations",
    )
    for entries in _steps(loaded).values():
        yield from _alike(
            loaded,
            entries,
            _covers,
            "of two first steps of a stage only that with the higher priority is ever shown",
        )
    named = {option.variant for need in loaded.table.needs.values() for option in need.met_by}
    for entries in _variants(loaded).values():
        unnamed = [entry for entry in entries if entry.name not in named]
        yield from _alike(
            loaded,
            unnamed,
            _covers,
            "of two variants in a role only that with the higher priority is ever picked",
        )
    for path, need in _rows(loaded, "needs"):
        yield from _alike(
            loaded,
            _ways(loaded, path, need),
            lambda one, other: one.scope == other.scope,
            "the second of two equal ways is never shown",
        )


def _covers(one: _Entry, other: _Entry) -> bool:
    """Whether one is there for every approach that the other is there for; an empty scope is for
    all.
    """
    return not one.scope or (bool(other.scope) and other.scope <= one.scope)


def _ways(loaded: Loaded, path: str, need: Need) -> Iterator[_Entry]:
    """The options of a need; two are equal when their `provided` is as well."""
    for number, option in enumerate(need.met_by):
        entry = _entry(
            loaded,
            f"{path}/met_by/{number}",
            path,
            f"{need.id}: {option.approach}",
            option.when,
            (option.approach,),
        )
        yield entry._replace(
            meaning=(entry.meaning, meaning(boxes(option.provided, loaded.table.facts, _TERMS)))
        )


def _alike(
    loaded: Loaded, entries: Iterable[_Entry], clash: Callable[[_Entry, _Entry], bool], why: str
) -> Iterator[Problem]:
    """One finding for each entry that clashes with an earlier one of the same condition; reported
    where the table itself can mend it.
    """
    groups: dict[Hashable, list[_Entry]] = {}
    for entry in sorted(entries, key=lambda entry: (-entry.priority, entry.path)):
        first = next(
            (other for other in groups.get(entry.meaning, []) if clash(other, entry)), None
        )
        groups.setdefault(entry.meaning, []).append(entry)
        yield from (
            _pair(loaded, "same-condition", first, entry, "have the same condition: " + why)
            if first and entry.boxes
            else ()
        )


def _pair(loaded: Loaded, code: str, one: _Entry, other: _Entry, what: str) -> Iterator[Problem]:
    place, rest = (other, one) if _own(loaded, other.row) else (one, other)
    if _own(loaded, place.row):
        where = _problem(loaded, code, rest.path, "").location
        yield _problem(
            loaded, code, place.path, f'"{place.name}" and "{rest.name}" ({where}) {what}'
        )


def _steps(loaded: Loaded) -> dict[str, list[_Entry]]:
    """First steps by stage."""
    groups: dict[str, list[_Entry]] = {}
    for path, row in _rows(loaded, "readiness"):
        groups.setdefault(row.stage, []).append(
            _entry(loaded, path, path, row.id, row.when, row.approaches, row.priority)
        )
    return groups


def _variants(loaded: Loaded) -> dict[tuple[str, str], list[_Entry]]:
    """Variants by approach and role."""
    groups: dict[tuple[str, str], list[_Entry]] = {}
    for path, row in _rows(loaded, "variants"):
        entry = _entry(loaded, path, path, row.id, row.when, row.approaches, row.priority)
        for approach in row.approaches:
            groups.setdefault((approach, row.role), []).append(entry)
    return groups


def _picks(loaded: Loaded) -> dict[str, list[_Entry]]:
    """Picks of model families by approach."""
    groups: dict[str, list[_Entry]] = {}
    for path, family in _rows(loaded, "families"):
        for place, pick in _parts(path, family):
            for approach in pick.approaches:
                groups.setdefault(approach, []).append(
                    _entry(
                        loaded,
                        place,
                        path,
                        f"{family.id} for {approach}",
                        pick.when,
                        (),
                        pick.priority,
                    )
                )
    return groups


def _priorities(loaded: Loaded) -> Iterator[Problem]:
    """Rows that compete, with the same priority and conditions that can hold together."""
    groups = [*_steps(loaded).values(), *_variants(loaded).values(), *_picks(loaded).values()]
    seen: set[str] = set()
    for one, box, other, other_box in islice(_rivals(groups), _MOST_PAIRS):
        pair = f"{one.row} {other.row}"  # once, for however many approaches and alternatives
        if pair not in seen and together(box, other_box):
            seen.add(pair)
            yield from _pair(
                loaded,
                "same-priority",
                one,
                other,
                f"compete with the same priority, {one.priority}, so that only the id decides",
            )


def _rivals(groups: Iterable[list[_Entry]]) -> Iterator[tuple[_Entry, Box, _Entry, Box]]:
    for entries in groups:
        equal: dict[int, list[_Entry]] = {}
        for entry in entries:
            equal.setdefault(entry.priority, []).append(entry)
        for one, other in chain.from_iterable(combinations(rivals, 2) for rivals in equal.values()):
            if one.row != other.row:
                yield from (
                    (one, box, other, other_box) for box in one.boxes for other_box in other.boxes
                )


# ---- needs ----


def _needs(loaded: Loaded) -> Iterator[Problem]:
    for path, need in _rows(loaded, "needs"):
        spoken = {part.approach for part in (*need.met_by, *need.not_met_by)}
        if silent := [approach for approach in APPROACHES if approach not in spoken]:
            message = (
                f'"{need.id}" says nothing of {", ".join(silent)}; name each approach in met_by or'
                " in not_met_by"
            )
            yield _problem(loaded, "silent-on-approach", path, message)
        for place, part in _parts(path, need):
            variant = loaded.table.variants.get(part.variant) if isinstance(part, Option) else None
            if variant and part.approach not in variant.approaches:
                message = (
                    f'"{variant.id}" is a variant of {", ".join(variant.approaches)}, not of'
                    f" {part.approach}"
                )
                yield _problem(loaded, "variant-of-another-approach", place, message)
        yield from _hidden_refusals(loaded, path, need)
        conditional = {option.approach for option in need.met_by} - {
            option.approach for option in need.met_by if option.when == ALWAYS
        }
        if silent := [
            approach
            for approach in APPROACHES
            if approach in conditional - {refusal.approach for refusal in need.not_met_by}
        ]:
            message = (
                f'"{need.id}" is met by {", ".join(silent)} only under conditions, and not_met_by'
                " does not say why not otherwise"
            )
            yield _problem(loaded, "no-refusal", path, message)


def _hidden_refusals(loaded: Loaded, path: str, need: Need) -> Iterator[Problem]:
    """Refusals of an approach that always meets the need, or that was refused already: the first
    refusal is the one that is shown.
    """
    always = {option.approach for option in need.met_by if _unconditional(loaded, option)}
    refused: set[str] = set()
    for number, refusal in enumerate(need.not_met_by):
        if refusal.approach in always | refused:
            why = (
                "it always meets the need"
                if refusal.approach in always
                else "it is refused already, and one reason is shown"
            )
            message = f'why {refusal.approach} does not meet "{need.id}" is never shown: {why}'
            yield _problem(loaded, "refusal-never-shown", f"{path}/not_met_by/{number}", message)
        refused.add(refusal.approach)


def _unconditional(loaded: Loaded, option: Option) -> bool:
    return (
        option.when
        == option.provided
        == loaded.table.approaches[option.approach].provided
        == ALWAYS
    )


# ---- text ----

_PLACEHOLDER = re.compile(
    r"\b(?:TODO|FIXME|XXX|TBD)\b|\b[Ll]orem ipsum\b|\A(?:\.\.\.|\u2026|lorem)\Z"
)
_PAIRS = {"(": ")", "[": "]", "{": "}"}
_WORDS = (
    "id",
    "type",
    "unit",
    "fact",
    "kind",
    "approach",
    "variant",
    "stage",
    "role",
    "reviewed",
    "value",
)
"""Fields that hold a word with a meaning of its own, which is checked elsewhere."""


def _text(loaded: Loaded) -> Iterator[Problem]:
    for row_path, row in _rows(loaded):
        for path, text in chain(
            _texts(row_path, row), *(_texts(*part) for part in _parts(row_path, row))
        ):
            if found := _PLACEHOLDER.search(text):
                yield _problem(
                    loaded,
                    "placeholder-text",
                    path,
                    f'"{found[0]}" stands where a text is still to be written',
                )
            if mark := _unclosed(text):
                yield _problem(loaded, "unclosed-bracket", path, f'a "{mark}" is never closed')
        if isinstance(row, Fact) and not row.question.endswith("?"):
            yield _problem(
                loaded,
                "no-question-mark",
                f"{row_path}/question",
                f'the question of "{row.id}" does not end in "?"',
            )


def _texts(path: str, row: Any) -> Iterator[tuple[str, str]]:
    for name, value in row._asdict().items():
        if name not in _WORDS:
            for text in (
                value
                if isinstance(value, tuple) and isinstance(row, (Variant, Family, Topic))
                else (value,)
            ):
                if isinstance(text, str):
                    yield f"{path}/{name}", text


def _unclosed(text: str) -> str:
    """The first kind of bracket or backtick that is opened more often than it is closed."""
    open_ones = [
        opening for opening, closing in _PAIRS.items() if text.count(opening) > text.count(closing)
    ]
    return "".join([*open_ones, *(["`"] if text.count("`") % 2 else [])])[:1]


_LOOKS: tuple[Callable[[Loaded], Iterator[Problem]], ...] = (
    _numbers,
    _unused,
    _choices,
    _examples,
    _unsourced,
    _same,
    _priorities,
    _needs,
    _text,
)
