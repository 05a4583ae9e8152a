"""How many mistakes in a rule table are noticed: the shipped table is broken in many ways, one at a
time. Prints figures; judges nothing.

    python -m pip install -e . && python tests/bench/mutations.py

Each mutant is a copy of `rules/` (cases included) with one slip that an editor could make. It goes
through what a maintainer has, cheapest first: reading (`load`), `rules lint`, `rules test` (verify)
and `rules prove`; the first that reports anything has caught it. Mutants that mean the same as the
shipped table do not count. That a text says something wrong is seen by none of them, so texts are
only emptied.
"""

from __future__ import annotations

import argparse
import json
import math
import random
import re
import shutil
import tempfile
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import fields, is_dataclass
from datetime import date
from itertools import permutations
from multiprocessing import get_context
from pathlib import Path
from typing import Any, NamedTuple

import yaml

from adaptadvisor.advice.advise import fallback_of
from adaptadvisor.advice.methods import family
from adaptadvisor.advice.reasons import confirm_first, reasons
from adaptadvisor.advice.route import route
from adaptadvisor.advice.sharper import details
from adaptadvisor.advice.verdicts import verdicts
from adaptadvisor.authoring.lint import lint
from adaptadvisor.authoring.meaning import boxes, meaning
from adaptadvisor.authoring.prove import prove
from adaptadvisor.authoring.test import verify
from adaptadvisor.engine.situation import Circumstances
from adaptadvisor.errors import BadInput
from adaptadvisor.interview.ranking import not_applying
from adaptadvisor.reading.cases import read_cases
from adaptadvisor.reading.facts_file import in_braces
from adaptadvisor.reading.tables import read_table
from adaptadvisor.table.conditions import All, AnyOf, Test, cells, cuts, tests
from adaptadvisor.table.plans import APPROACHES
from adaptadvisor.table.rows import NO_EXAMPLES, SECTIONS, Examples, Table
from adaptadvisor.table.walk import conditions

RULES = Path(__file__).resolve().parent.parent.parent / "rules"
TODAY = date(2026, 11, 24)
STAGES = ("load", "lint", "verify", "prove")
SHIPPED = read_table(RULES)
LOOKED_AT = 600
"""Random situations in which what a survivor advises is compared with what the shipped table
advises.
"""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument(
        "--mutants",
        type=int,
        default=330,
        help="mutants that differ in meaning from the shipped table",
    )
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--operator", help="only operators whose name contains this")
    options = parser.parse_args()
    start = time.perf_counter()
    if (wrong := _first_report(RULES)) is not None:
        raise SystemExit(f"the shipped table is not clean: {wrong}")
    candidates = generated(options.operator or "")
    with get_context("spawn").Pool(2) as pool:
        found, equal = run(
            chosen(candidates, options.mutants, random.Random(options.seed)),
            options.mutants,
            pool.imap,
        )
        report(found)
        survivors = [mutant for mutant, stage, _ in found if not stage]
        print(f"\n{len(survivors)} survivors:")
        reasons = Counter()
        for mutant, (explained, reason) in zip(
            survivors, pool.imap(explain, survivors), strict=True
        ):
            reasons[reason.partition(":")[0] if explained else "unexplained"] += 1
            print(
                f"  {mutant.operator}  {mutant.file}:{mutant.line}  {mutant.row}: {mutant.what}\n  "
                f"    {'' if explained else 'UNEXPLAINED: '}{reason}"
            )
        for reason, number in reasons.most_common():
            print(f"{number:5d}  {reason}")
    print(
        f"{sum(map(len, candidates.values()))} mutants are possible; {equal} that mean the same"
        f" were left out; {time.perf_counter() - start:.0f} s"
    )


def report(found: list[tuple[Mutant, str, str]]) -> None:
    """One line an operator: how many mutants, and how many each stage caught first."""
    rows: dict[str, Counter[str]] = defaultdict(Counter)
    for mutant, stage, _ in found:
        rows[mutant.operator][stage] += 1
    total: Counter[str] = sum(rows.values(), Counter())
    print(f"{'operator':<26}{'mutants':>8}" + "".join(f"{name:>8}" for name in (*STAGES, "none")))
    for operator, row in [*sorted(rows.items()), ("all", total)]:
        print(
            f"{operator:<26}{row.total():>8}"
            + "".join(f"{row[name] or '-':>8}" for name in (*STAGES, ""))
        )
    caught = total.total() - total[""]
    print(
        f"caught: {caught} of {total.total()}, {caught / total.total():.1%}; spread over"
        f" {len({mutant.row for mutant, *_ in found})} rows"
    )


# ---- choosing and running ----


def chosen(
    candidates: Mapping[str, list[Mutant]], wanted: int, rnd: random.Random
) -> dict[str, Iterator[Mutant]]:
    """The mutants of each operator in the order in which they are taken: at random, but rows that
    were not broken yet first.
    """
    used: Counter[str] = Counter()
    found = {}
    share = math.ceil(wanted / max(1, len(candidates)))
    for operator, mutants in sorted(candidates.items(), key=lambda item: (len(item[1]), item[0])):
        queue = rnd.sample(mutants, len(mutants))
        ordered = []
        while queue:
            ordered.append(
                queue.pop(min(range(len(queue)), key=lambda place: used[queue[place].row]))
            )
            used[ordered[-1].row] += len(ordered) <= share
        found[operator] = iter(ordered)
    return found


def run(
    queues: dict[str, Iterator[Mutant]], wanted: int, imap: Callable[..., Iterable[tuple[str, str]]]
) -> tuple[list[tuple[Mutant, str, str]], int]:
    """Takes one mutant of every operator in turn until there are enough; those that mean the same
    are replaced by others.
    """
    found: list[tuple[Mutant, str, str]] = []
    equal = 0
    while len(found) < wanted and queues:
        batch = []
        while len(batch) < wanted - len(found) and queues:
            for operator in sorted(
                queues, key=lambda name: (sum(mutant.operator == name for mutant in batch), name)
            ):
                mutant = next(queues[operator], None)
                if mutant is None:
                    del queues[operator]
                elif len(batch) < wanted - len(found):
                    batch.append(mutant)
        for mutant, (stage, words) in zip(batch, imap(judged, batch, chunksize=2), strict=True):
            equal += stage == "equal"
            found += [(mutant, stage, words)] if stage != "equal" else []
    return found, equal


def judged(mutant: Mutant) -> tuple[str, str]:
    """The stage that reports something first, and what; "equal" for a table that means the same, ""
    where nothing is reported.
    """
    with _broken(mutant) as folder:
        return _first_report(folder, mutant) or ("", "")


def _first_report(folder: Path, mutant: Mutant | None = None) -> tuple[str, str] | None:
    try:
        loaded = read_table(folder)
    except BadInput as error:
        return "load", str(error.problems[0])
    if mutant and _plain(loaded.table) == _plain(SHIPPED.table):
        return "equal", ""
    if found := lint(loaded, TODAY):
        return "lint", str(found[0])
    try:
        verification = verify(loaded, read_cases(folder, loaded.table))
    except BadInput as error:
        return "verify", str(error.problems[0])
    if not verification.clean:
        return (
            "verify",
            [
                *(result.message for result in verification.failed),
                *(gap.message for _, gap in verification.gaps),
            ][0],
        )
    if findings := prove(loaded.table).findings:
        return "prove", findings[0].message
    return None


class _broken:  # noqa: N801 - used like a function
    """A copy of the rules with a mutant in it, for as long as it is looked at."""

    def __init__(self, mutant: Mutant) -> None:
        self.mutant = mutant
        self.place = tempfile.TemporaryDirectory()

    def __enter__(self) -> Path:
        folder = Path(self.place.name) / "rules"
        shutil.copytree(RULES, folder)
        file = folder / self.mutant.file
        text = file.read_text(encoding="utf-8")
        for start, end, new in sorted(self.mutant.edits, reverse=True):
            text = text[:start] + new + text[end:]
        file.write_text(text, encoding="utf-8")
        return folder

    def __exit__(self, *_: object) -> None:
        self.place.cleanup()


def _parts(row: Any) -> list[tuple[str, Any]]:
    return [(field.name, getattr(row, field.name)) for field in fields(row)]


def _plain(value: Any) -> Any:
    """A table as what it means: conditions as sets of alternatives, without wording and
    fingerprint.
    """
    if isinstance(value, (Test, All, AnyOf)):
        return meaning(boxes(value, SHIPPED.table.facts, 4096))
    if isinstance(value, Table):
        return _plain(
            {name: part for name, part in _parts(value) if name not in ("digest", "facts")}
            | {"asked": list(value.questions)}
        )
    if is_dataclass(value):
        return [type(value).__name__, *(_plain(part) for _, part in _parts(value))]
    if isinstance(value, Mapping):
        return {key: _plain(part) for key, part in value.items()}
    if isinstance(value, (tuple, list)):
        return [_plain(part) for part in value]
    return value


# ---- survivors ----

SEEN_BESIDE = {
    "drop-choice": "one answer of the question is no longer explained; it can still be given",
    "drop-topic": "the topic can no longer be looked up",
    "flip-flag": "changes what is taken to be obtainable when another plan is asked for (what-if)",
}
"""Operators whose mutants a user may notice although nothing that is compared here changes."""


def explain(mutant: Mutant) -> tuple[bool, str]:
    """What a mutant that nobody noticed changes for a user, looked for in many situations; whether
    that excuses the silence.
    """
    with _broken(mutant) as folder:
        table = read_table(folder).table
    looked = _situations(mutant.row)
    rnd = random.Random(2)
    values = _values(table)
    looked += [_draw(values, rnd) for _ in range(LOOKED_AT)]
    found: dict[str, tuple[int, dict[str, Any]]] = {}
    for facts in looked:
        for part, (old, new) in _compared(table, facts).items():
            if old != new:
                number, smallest = found.get(part, (0, facts))
                found[part] = number + 1, min(smallest, facts, key=len)
    if found:
        part, (number, facts) = next(
            (part, found[part]) for part in ("plan", "open needs", *found) if part in found
        )
        old, new = (
            _differing(words, other) for words, other in permutations(_compared(table, facts)[part])
        )
        return (
            False,
            (
                f"changes {part} in {number} of {len(looked)} situations, as in {in_braces(facts)}:"
                f" {old} -> {new}"
            ),
        )
    if mutant.operator in SEEN_BESIDE:
        return False, SEEN_BESIDE[mutant.operator]
    return (
        True,
        (
            "equivalent: changes no plan, open need, method, check, first step, reason or question"
            f" in {len(looked)} situations"
        ),
    )


def _differing(words: Any, other: Any) -> str:
    """What one of two lists has and the other has not."""
    if isinstance(words, (tuple, list)) and isinstance(other, (tuple, list)):
        return _short(str([part for part in words if part not in other]))
    return _short(str(words))


def _compared(table: Table, facts: dict[str, Any]) -> dict[str, tuple[Any, Any]]:
    old, new = (_seen(each, facts) for each in (SHIPPED.table, table))
    return {part: (old[part], new[part]) for part in old}


def _seen(table: Table, facts: dict[str, Any]) -> dict[str, Any]:
    """Everything that a user is shown by id."""
    here = Circumstances(table, facts)
    return {
        "plan": here.plan,
        "open needs": here.outcome.open_needs,
        **details(here),
        "blocks": [step.id for step in route(here) if step.blocks],
        "family": family(here),
        "to confirm": confirm_first(here),
        "reasons": reasons(here),
        "verdicts": verdicts(here, fallback_of(here)),
        "questions": tuple(sorted(not_applying(table, facts, ()))),
    }


def _situations(row: str) -> list[dict[str, Any]]:
    """The cases and all examples; those of the broken row first, also with each fact left out."""
    section, _, id = row.partition("/")
    shown = section != "questions" and getattr(SHIPPED.table, section).get(id)
    own = getattr(shown, "examples", NO_EXAMPLES)
    first = [dict(facts) for facts in (*own.fires, *own.quiet)]
    fewer = [
        {name: value for name, value in facts.items() if name != left}
        for facts in first
        for left in facts
    ]
    rows = [
        each
        for name in SECTIONS
        if name != "questions"
        for each in getattr(SHIPPED.table, name).values()
    ]
    others = [
        dict(facts)
        for each in rows
        if isinstance(shown := getattr(each, "examples", None), Examples)
        for facts in (*shown.fires, *shown.quiet)
    ]
    return [
        *first,
        *fewer,
        *others,
        *(dict(case.facts) for case in read_cases(RULES, SHIPPED.table)),
    ]


def _values(table: Table) -> dict[str, list[Any]]:
    """For each fact an answer on each side of every line that one of the two tables draws."""
    read = [
        test
        for each in (SHIPPED.table, table)
        for _, condition in conditions(each)
        for test in tests(condition)
    ]
    edges = cuts(read)
    found: dict[str, list[Any]] = {}
    for fact in SHIPPED.table.questions:
        found[fact.id] = (
            [cell.value for cell in cells(fact, edges.get(fact.id, ()))]
            if fact.type != "plans"
            else [(), ("prompt",), ("prompt", "rag"), ("lora",)]
        )
    for ratio in ("examples", "classes"):
        found[ratio] += [2, 6, 12, 30, 100, 300, 1_500, 6_000]
    return found


def _draw(values: Mapping[str, list[Any]], rnd: random.Random) -> dict[str, Any]:
    known = rnd.random()
    return {fact: rnd.choice(row) for fact, row in values.items() if row and rnd.random() < known}


# ---- YAML as text with places ----


class Mutant(NamedTuple):
    """One slip: what an operator did to a row, and the edits (start, end, new text) that it takes
    in the file.
    """

    operator: str
    row: str
    file: str
    line: int
    what: str
    edits: tuple[tuple[int, int, str], ...]


class File:
    """A file of the table: its text, and the rows in it as nodes that know their place."""

    def __init__(self, section: str) -> None:
        self.section = section
        self.name = f"{section}.yaml"
        self.text = (RULES / self.name).read_text(encoding="utf-8")
        self.root = yaml.compose(self.text, Loader=yaml.SafeLoader)
        self.rows = [Row(self, node) for node in self.root.value]

    def end(self, node: yaml.Node) -> int:
        """Where the content of a node ends, without the blank lines and comments after it."""
        if isinstance(node, yaml.ScalarNode):
            return (
                len(self.text[: node.end_mark.index].rstrip())
                if node.style in (">", "|")
                else node.end_mark.index
            )
        if node.flow_style or not node.value:
            return node.end_mark.index
        last = node.value[-1]
        return self.end(last[1] if isinstance(last, tuple) else last)

    def replaced(self, node: yaml.Node, data: Any) -> tuple[int, int, str]:
        return node.start_mark.index, self.end(node), flow(data)

    def without(self, parent: yaml.Node, number: int) -> tuple[int, int, str]:
        """Takes an item out of a list, or a field out of a mapping."""
        starts = [item[0] if isinstance(item, tuple) else item for item in parent.value]
        ends = [item[1] if isinstance(item, tuple) else item for item in parent.value]
        if len(starts) == 1:
            return (
                parent.start_mark.index,
                self.end(parent),
                "{}" if isinstance(parent, yaml.MappingNode) else "[]",
            )
        if number + 1 < len(starts):
            return starts[number].start_mark.index, starts[number + 1].start_mark.index, ""
        return self.end(ends[number - 1]), self.end(ends[number]), ""

    def data(self, node: yaml.Node) -> Any:
        """A node as mappings, lists and scalars as they are written."""
        if isinstance(node, yaml.MappingNode):
            return {key.value: self.data(value) for key, value in node.value}
        if isinstance(node, yaml.SequenceNode):
            return [self.data(item) for item in node.value]
        if node.style in (">", "|"):
            return json.dumps(node.value)
        return " ".join(self.text[node.start_mark.index : node.end_mark.index].split())


class Row:
    """A row, or a part of one (a way in, a pick), with its key and what holds it, if anything does."""

    def __init__(
        self,
        file: File,
        node: yaml.MappingNode,
        path: str = "",
        key: yaml.ScalarNode | None = None,
        inside: tuple[yaml.Node, int] | None = None,
    ) -> None:
        self.file = file
        self.node = node
        self.key = key
        self.inside = inside
        self.keys = {key.value: key for key, _ in node.value}
        self.fields = {key.value: value for key, value in node.value}
        self.path = path or f"{file.section}/{self.fields['id'].value}"

    def parts(self, field: str) -> list[Row]:
        """The rows in a field; of what is keyed by approach, each way in."""
        node = self.fields.get(field)
        if node is None:
            return []
        if isinstance(node, yaml.SequenceNode):
            return [
                Row(self.file, item, self.path, self.key, (node, number))
                for number, item in enumerate(node.value)
            ]
        entries = [
            Row(self.file, entry, self.path, key, (node, number))
            for number, (key, entry) in enumerate(node.value)
        ]
        return [way for entry in entries for way in entry.parts("either") or [entry]]

    def words(self, field: str) -> list[str]:
        """What a field holds, one word or a list of them."""
        node = self.fields[field]
        return (
            [item.value for item in node.value]
            if isinstance(node, yaml.SequenceNode)
            else [node.value]
        )

    def mutant(self, operator: str, what: str, *edits: tuple[int, int, str]) -> Mutant:
        line = self.file.text.count("\n", 0, min(start for start, _, _ in edits)) + 1
        return Mutant(operator, self.path, self.file.name, line, what, edits)

    def set(self, operator: str, field: str, data: Any, what: str = "") -> Mutant:
        """The row with a field that says something else."""
        node = self.fields[field]
        words = what or f"{field}: {_short(flow(self.file.data(node)))} -> {_short(flow(data))}"
        return self.mutant(operator, words, self.file.replaced(node, data))

    def drop(self, operator: str, field: str) -> Mutant:
        """The row without a field."""
        words = f"{field}: {_short(flow(self.file.data(self.fields[field])))} taken away"
        return self.mutant(
            operator, words, self.file.without(self.node, list(self.keys).index(field))
        )

    def rename(self, operator: str, field: str, new: str) -> Mutant:
        return self.mutant(operator, f"{field}: becomes {new}:", self._key(field, new))

    def _key(self, field: str, new: str) -> tuple[int, int, str]:
        key = self.keys[field]
        return key.start_mark.index, key.end_mark.index, new


def flow(data: Any) -> str:
    """Data as YAML on one line.

    >>> flow({"task": ["label", "match"], "examples": '">= 200"'})
    '{task: [label, match], examples: ">= 200"}'
    """
    if isinstance(data, dict):
        return f"{{{', '.join(f'{key}: {flow(value)}' for key, value in data.items())}}}"
    if isinstance(data, list):
        return f"[{', '.join(map(flow, data))}]"
    return str(data)


def _short(text: str) -> str:
    return text if len(text) <= 90 else f"{text[:87]}..."


# ---- operators ----


def generated(only: str) -> dict[str, list[Mutant]]:
    """Every mutant by operator."""
    files = {
        section: File(section) for section in SECTIONS if (RULES / f"{section}.yaml").is_file()
    }
    found: dict[str, list[Mutant]] = defaultdict(list)
    for operators in (
        _dropped,
        _conditions,
        _numbers,
        _references,
        _groups,
        _whole_rows,
        _spelling,
        _examples,
        _flags,
    ):
        for mutant in operators(files):
            if only in mutant.operator:
                found[mutant.operator].append(mutant)
    return dict(found)


def _dropped(files: Mapping[str, File]) -> Iterator[Mutant]:
    """Rows and parts of rows that are gone."""
    for section, file in files.items():
        for number, row in enumerate(file.rows):
            name = {"readiness": "readiness", "families": "family", "approaches": "approach"}.get(
                section, section.removesuffix("s")
            )
            yield row.mutant(f"drop-{name}", "row taken away", file.without(file.root, number))
            for field, part in (
                ("met_by", "option"),
                ("not_met_by", "refusal"),
                ("picks", "pick"),
                ("choices", "choice"),
            ):
                for inner in row.parts(field):
                    words = f"{_short(flow(file.data(inner.node)))} taken away"
                    yield inner.mutant(f"drop-{part}", words, file.without(*inner.inside))


def _conditional(files: Mapping[str, File]) -> Iterator[tuple[Row, str]]:
    """Every row or part of one with the name of a field that holds a condition."""
    for file in files.values():
        for row in file.rows:
            for part in (row, *row.parts("met_by"), *row.parts("picks")):
                yield from (
                    (part, field)
                    for field in ("when", "provided", "applies")
                    if field in part.fields
                )


def _conditions(files: Mapping[str, File]) -> Iterator[Mutant]:
    for row, field in _conditional(files):
        when = row.file.data(row.fields[field])
        for operator, new in _slips(when):
            yield row.set(operator, field, new)
        if fact := next((fact for fact in when if fact not in ("any", "all", "not")), ""):
            yield row.set("contradict", field, {"all": [when, {fact: {"not": when[fact]}}]})
        option = row.key is not None
        if when and (option or field == "provided"):
            yield row.drop("drop-provided" if field == "provided" else "drop-when-of-option", field)
        elif when and row.path.split("/")[0] not in ("needs", "limits"):
            yield row.drop("drop-when-of-row", field)
        elif when:
            yield row.set("drop-when-of-row", field, {})
        other = {"when": "provided", "provided": "when"}.get(field, "")
        if option and other not in row.fields:
            yield row.rename(f"{field}-to-{other}", field, other)
        elif option and field == "when":
            edits = (row._key("when", "provided"), row._key("provided", "when"))
            yield row.mutant(
                "swap-when-and-provided",
                f"when and provided swapped: {_short(flow(row.file.data(row.node)))}",
                *edits,
            )


def _slips(when: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    """A condition with one slip in it, in every way."""
    for key, value in when.items():
        others = {name: part for name, part in when.items() if name != key}
        if key in ("any", "all"):
            other = "all" if key == "any" else "any"
            if len(value) > 1 and other not in when:
                yield f"{key}-to-{other}", {**others, other: value}
            for number, part in enumerate(value):
                if len(value) > 1:
                    yield (
                        "drop-alternative" if key == "any" else "drop-test",
                        {**when, key: value[:number] + value[number + 1 :]},
                    )
                for operator, new in _slips(part):
                    yield operator, {**when, key: [*value[:number], new, *value[number + 1 :]]}
            continue
        if others:
            yield "drop-test", others
        if isinstance(value, dict):
            yield "negate-test", {**when, key: value["not"]}
            continue
        yield "negate-test", {**when, key: {"not": value}}
        for operator, new in _test_slips(key, value):
            yield operator, {**when, key: new}
    if len(when) > 1 and not {"any", "all"} & when.keys():
        yield "all-to-any", {"any": [{key: value} for key, value in when.items()]}


FLIPS = {">=": ("<", ">"), "<": (">=", "<="), "<=": (">=", "<"), ">": ("<", ">=")}


def _test_slips(fact_id: str, value: Any) -> Iterator[tuple[str, Any]]:
    fact = SHIPPED.table.facts[fact_id]
    if isinstance(value, list):
        for number, item in enumerate(value):
            rest = value[:number] + value[number + 1 :]
            yield "drop-choice-in-test", rest
            yield from (
                ("swap-choice", [*rest, other])
                for other in map(str, fact.values)
                if other not in value and item
            )
    elif fact.type == "choice":
        yield from (
            ("swap-choice", other) for other in fact.values if other not in (value, "true", "false")
        )
    elif fact.numeric:
        words = value.strip('"')
        match = re.fullmatch(r"(>=|<=|>|<) (.*)", words)
        for other in FLIPS[match[1]] if match else ():
            yield "flip-comparison", json.dumps(f"{other} {match[2]}")
        bound = match[2] if match else words
        if bound in SHIPPED.table.thresholds:
            now = SHIPPED.table.thresholds[bound]
            for threshold in SHIPPED.table.thresholds.values():
                if threshold.fact == now.fact and threshold.value != now.value:
                    yield "other-threshold", json.dumps(words.replace(bound, threshold.id))
        for number in re.finditer(
            r"(?<![\w.])\d+(?:\.\d+)?(?![\w-])",
            words if ".." not in words else words.replace("..", "  "),
        ):
            for other in _shifted(number[0]):
                yield (
                    "shift-number-in-test",
                    json.dumps(words[: number.start()] + other + words[number.end() :]),
                )


def _shifted(word: str) -> Iterator[str]:
    """The number times 1.25 and 0.8, and one more and one less."""
    number = float(word)
    for other in (number * 1.25, number * 0.8, number + 1, number - 1):
        whole = round(other) if number == int(number) else round(other, 3)
        if whole >= 0 and whole != number:
            yield f"{whole:g}" if whole < 10**5 else str(whole)


def _numbers(files: Mapping[str, File]) -> Iterator[Mutant]:
    """Thresholds that lie elsewhere, and numbers written in a way that YAML reads differently."""
    for row in files["thresholds"].rows:
        yield from (
            row.set("shift-threshold", "value", other)
            for other in _shifted(row.fields["value"].value)
        )
    for file in files.values():
        for row in file.rows:
            for field in ("value", "order", "priority", "minimum", "maximum"):
                if field in row.fields and row.fields[field].value.isdigit():
                    yield row.set("leading-zero", field, f"0{row.fields[field].value}")


def _references(files: Mapping[str, File]) -> Iterator[Mutant]:
    """Approaches, methods and sources that are others."""
    variants = [row.fields["id"].value for row in files["variants"].rows]
    for file in files.values():
        for row in file.rows:
            for option in row.parts("met_by"):
                said = option.key.value.split(", ")
                place = option.key.start_mark.index, option.key.end_mark.index
                for other in (other for other in APPROACHES if other not in said):
                    new = ", ".join([*said[1:], other])
                    words = f"{option.key.value}: becomes {new}:"
                    yield option.mutant("change-approach-of-option", words, (*place, new))
                if "variant" in option.fields:
                    yield option.drop("drop-variant-of-option", "variant")
                    now = option.fields["variant"].value
                    yield from (
                        option.set("change-variant-of-option", "variant", other)
                        for other in variants
                        if other != now
                    )
            for field, operator in (
                ("rules_out", "change-rules-out"),
                ("approaches", "change-approaches"),
            ):
                for part in (row, *row.parts("picks")):
                    yield from _other_approaches(part, field, operator)


def _other_approaches(row: Row, field: str, operator: str) -> Iterator[Mutant]:
    if field not in row.fields:
        return
    said = row.words(field)
    for number in range(len(said)):
        rest = said[:number] + said[number + 1 :]
        if rest:
            yield row.set(operator, field, rest)
        yield from (
            row.set(operator, field, [*rest, other]) for other in APPROACHES if other not in said
        )
    yield from (
        row.set(operator, field, [*said, other]) for other in APPROACHES if other not in said
    )


def _groups(files: Mapping[str, File]) -> Iterator[Mutant]:
    """Rows that compete: priorities swapped, and rows in another group."""
    for section, field, operator in (
        ("readiness", "stage", "change-stage"),
        ("variants", "role", "change-role"),
    ):
        rows = files[section].rows
        for row in rows:
            now = row.fields[field].value
            yield from (
                row.set(operator, field, other)
                for other in sorted({each.fields[field].value for each in rows} - {now})
            )
        groups = [
            (
                row.fields[field].value,
                set(row.words("approaches")) if "approaches" in row.fields else set(APPROACHES),
                row,
            )
            for row in rows
        ]
        yield from _swapped_priorities(groups)
    picks = [
        ("", set(pick.words("approaches")), pick)
        for row in files["families"].rows
        for pick in row.parts("picks")
    ]
    yield from _swapped_priorities(picks)


def _swapped_priorities(groups: list[tuple[str, set[str], Row]]) -> Iterator[Mutant]:
    for number, (group, approaches, row) in enumerate(groups):
        for other_group, other_approaches, other in groups[number + 1 :]:
            one, two = row.fields["priority"], other.fields["priority"]
            if group == other_group and approaches & other_approaches and one.value != two.value:
                edits = row.file.replaced(one, two.value), row.file.replaced(two, one.value)
                yield row.mutant(
                    "swap-priorities",
                    f"priorities {one.value} and {two.value} swapped with {other.path}",
                    *edits,
                )


def _whole_rows(files: Mapping[str, File]) -> Iterator[Mutant]:
    """Ids, keys, texts and types."""
    for file in files.values():
        for row, after in zip(file.rows, [*file.rows[1:], file.rows[0]], strict=True):
            yield row.set("duplicate-id", "id", after.fields["id"].value)
            yield row.set("rename-id", "id", f"{row.fields['id'].value}-2")
            for field, node in row.fields.items():
                key = row.keys[field]
                copy = f"{field}: {flow(file.data(node))}\n{' ' * key.start_mark.column}"
                yield row.mutant(
                    "duplicate-key",
                    f"{field}: stands there twice",
                    (key.start_mark.index, key.start_mark.index, copy),
                )
                scalar = isinstance(node, yaml.ScalarNode)
                yield row.set(
                    "wrong-type",
                    field,
                    [file.data(node)] if scalar else {"several": "true"},
                    f"{field}: {'a list' if scalar else 'a mapping'}",
                )
                if scalar and " " in node.value:
                    yield row.set("empty-text", field, '""')
            if "reviewed" in row.fields:
                yield from (
                    row.set("past-review", "reviewed", day) for day in ("2025-11-21", "2024-02-29")
                )


def _misspelt(word: str) -> str:
    """Two letters swapped: `lable` for `label`."""
    return word[:-2] + word[-1] + word[-2] if word[-1] != word[-2] else word[:-1]


def _spelling(files: Mapping[str, File]) -> Iterator[Mutant]:
    """Names of fields, facts, choices, thresholds and rows with two letters swapped."""
    for file in files.values():
        for row in file.rows:
            for part in (row, *row.parts("met_by"), *row.parts("not_met_by"), *row.parts("picks")):
                yield from (
                    part.rename("misspell-field", field, _misspelt(field)) for field in part.fields
                )
                for field in ("sources", "see_also", "variant"):
                    words = part.words(field) if field in part.fields else []
                    for number, word in enumerate(words):
                        new = [*words[:number], _misspelt(word), *words[number + 1 :]]
                        yield part.set(
                            "misspell-reference", field, new if field != "variant" else new[0]
                        )
    for row, field in _conditional(files):
        text = flow(row.file.data(row.fields[field]))
        for match in re.finditer(r"[a-z][a-z_-]{3,}", text):
            new = text[: match.start()] + _misspelt(match[0]) + text[match.end() :]
            yield row.set("misspell-in-condition", field, new)


def _examples(files: Mapping[str, File]) -> Iterator[Mutant]:
    for file in files.values():
        for row in file.rows:
            if "examples" not in row.fields or file.section == "topics":
                continue
            inner = Row(file, row.fields["examples"], row.path)
            edits = [
                inner._key(field, other)
                for field, other in (("fires", "quiet"), ("quiet", "fires"))
                if field in inner.keys
            ]
            yield inner.mutant("swap-fires-and-quiet", "fires and quiet swapped", *edits)


def _flags(files: Mapping[str, File]) -> Iterator[Mutant]:
    """First steps that block, or no longer do; answers that can be obtained."""
    for section, field in (("readiness", "blocks"), ("questions", "obtainable")):
        for row in files[section].rows:
            if field in row.fields:
                yield row.drop("flip-flag", field)
            else:
                key = row.node.value[1][0]
                copy = f"{field}: true\n{' ' * key.start_mark.column}"
                yield row.mutant(
                    "flip-flag",
                    f"{field}: true added",
                    (key.start_mark.index, key.start_mark.index, copy),
                )


if __name__ == "__main__":
    main()
