"""What the commands do, without the library that parses the command line: `recommend` starts in a third of the time that way."""

from __future__ import annotations

import errno
import os
import sys
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from adaptadvisor import facts
from adaptadvisor.errors import BadInput, ExitCode, Location, Problem, bad_input, nearest, one_of, shown
from adaptadvisor.facts import Fact, NotAValue, Value, fact_flag
from adaptadvisor.plans import APPROACHES
from adaptadvisor.resources import load_table
from adaptadvisor.table import Table

FORMATS = ("text", "json")
FAIL_ON = ("open-needs", "not-yet", "near-threshold")


class Finding(NamedTuple):
    """How a command ended: an exit code, and the line that says why it is not 0."""

    code: ExitCode = ExitCode.DONE
    line: str = ""


class Flag(NamedTuple):
    """An option of `recommend` that is no fact; `kind` is text, many (may be repeated) or switch."""

    name: str
    spellings: tuple[str, ...]
    kind: str
    help: str
    metavar: str = ""


RECOMMEND_FLAGS = (
    Flag("facts_file", ("--facts",), "text", "A facts file, YAML or JSON; - is stdin.", "FILE"),
    Flag("settings", ("--set",), "many", "A fact by name; may be repeated.", "FACT=VALUE"),
    Flag("format", ("--format",), "text", "How to show the advice (text).", "|".join(FORMATS)),
    Flag("output", ("--output", "-o"), "text", "Write here, whole or not at all.", "FILE"),
    Flag("strict", ("--strict",), "switch", "Exit with 4 while the plan is not settled."),
    Flag("fail_on", ("--fail-on",), "many", "Exit with 3 on this finding; may be repeated.", "|".join(FAIL_ON)),
    Flag("rules", ("--rules",), "text", "A rule table of your own; ADAPTADVISOR_RULES does the same.", "DIR"),
    Flag("no_color", ("--no-color",), "switch", "No colour; NO_COLOR does the same."),
    Flag("plain", ("--plain",), "switch", "Plain sentences for a screen reader; ADAPTADVISOR_PLAIN=1 does the same."),
)
"""The one list from which both the quick reader below and the full command line are made."""

_SHARED = ("facts_file", "settings", "format", "output", "rules", "no_color", "plain")
ASK_FLAGS = (
    *(flag for flag in RECOMMEND_FLAGS if flag.name in _SHARED),
    Flag("save", ("--save",), "text", "Save the answers here, after each one (adaptadvisor-answers.yaml).", "FILE"),
    Flag("stdin", ("--stdin",), "switch", "Read the answers from stdin, line by line, though it is no terminal."),
    Flag("no_input", ("--no-input",), "switch", "Never ask; exit with 2 and name what is missing."),
)
WHAT_IF_FLAGS = (
    Flag("to", ("--to",), "text", "The plan that you want, such as lora or rag+lora.", "PLAN"),
    *(flag for flag in RECOMMEND_FLAGS if flag.name in _SHARED),
)


def recommend(table: Table, given: Sequence[tuple[str, str]], options: Mapping[str, Any]) -> Finding:
    """Advises and writes the advice; `given` holds the fact flags as text, `options` those of `RECOMMEND_FLAGS` that were used."""
    format_ = _one_of("--format", options.get("format") or "text", FORMATS)
    fail_on = [_one_of("--fail-on", word, FAIL_ON) for word in options.get("fail_on") or ()]
    known = {fact: value for fact, value in _answers(table, options, given).items() if value is not None}
    output = Path(options["output"]) if options.get("output") is not None else None
    advice = _advised(table, known, format_, output, options)
    found = {
        "open-needs": bool(advice.open_needs),
        "not-yet": any(step.blocks for step in advice.route),
        "near-threshold": bool(advice.near_thresholds),
    }
    failing = [word for word in fail_on if found[word]]
    if failing:
        return Finding(ExitCode.FINDINGS, f"findings: {', '.join(failing)}")
    if options.get("strict") and not advice.settled:
        return Finding(
            ExitCode.NOT_ENOUGH_EVIDENCE,
            f"not enough evidence: the plan hangs on {', '.join(fact for hinge in advice.hinges for fact in hinge.facts)}",
        )
    return Finding()


def _advised(table: Table, known: Mapping[str, Value], format_: str, output: Path | None, options: Mapping[str, Any]) -> Any:
    """Advises, writes the advice, and returns it."""
    from adaptadvisor.advice import advise

    advice = advise(table, known)
    if format_ == "json":
        from adaptadvisor.render import as_json

        text = as_json.render(advice)
    else:
        from adaptadvisor.render import text as as_text

        text = as_text.render(advice, width(), colour=output is None and colour(no_color=bool(options.get("no_color"))), plain=_plain(options))
    write(text, output)
    return advice


def ask(table: Table, given: Sequence[tuple[str, str]], options: Mapping[str, Any]) -> Finding:
    """Holds the interview, then advises. What is given is never asked."""
    from adaptadvisor.answers import Saved, command_line, save_file
    from adaptadvisor.ask import Conversation, StoppedError
    from adaptadvisor.interview import Interview

    format_ = _one_of("--format", options.get("format") or "text", FORMATS)
    output = Path(options["output"]) if options.get("output") is not None else None
    facts_file = options.get("facts_file")
    if facts_file == "-" and options.get("stdin"):
        raise bad_input("bad-setting", "stdin cannot give both the facts and the answers", Location("--facts"))
    interview = Interview(table, _answers(table, options, given))
    talking = sys.stdin is not None and not options.get("no_input") and facts_file != "-" and (options.get("stdin") or sys.stdin.isatty())
    if talking:
        saved = Saved(interview, save_file(options.get("save"), facts_file), options)
        plain = _plain(options)
        sys.stdin.reconfigure(errors="replace")  # type: ignore[union-attr]
        shown = not plain and colour(no_color=bool(options.get("no_color")), stream=sys.stderr)
        talk = sys.stderr or open(os.devnull, "w")  # noqa: SIM115, PTH123 - a closed stderr hears nothing, but stdout still gets the advice
        try:
            Conversation(interview, sys.stdin, talk, saved.save, width=width(sys.stderr), colour=shown, plain=plain).hold()
        except (StoppedError, KeyboardInterrupt):
            return Finding(ExitCode.INTERRUPTED, f"interrupted; {saved.where()}go on with: {saved.resume()}")
    elif missing := interview.able_to_change():
        why = "" if options.get("no_input") else " and stdin is no terminal (--stdin reads answers from it line by line)"
        flags = ", ".join(fact_flag(fact.id) for fact in missing)
        raise bad_input("missing-answers", f"the plan is not settled{why}; give {flags} (unknown where you do not know)", Location("ask"))
    _advised(table, interview.facts, format_, output, options)
    if talking:
        print(f"\nThe same without questions: {command_line('recommend', interview.facts, options)}", file=talk)
        if saved.done:
            print(f"Your answers are in {saved.path}.", file=talk)
    return Finding()


def what_if(table: Table, given: Sequence[tuple[str, str]], options: Mapping[str, Any]) -> Finding:
    """Writes which answers would have to be different for the plan to be the one that is wanted."""
    from adaptadvisor import changes
    from adaptadvisor.render import as_json
    from adaptadvisor.render import what_if as as_text

    format_ = _one_of("--format", options.get("format") or "text", FORMATS)
    if not options.get("to"):
        raise bad_input("missing-value", f"needs a plan: one or more of {', '.join(APPROACHES)}, joined by +", Location("--to"))
    wanted = [_one_of("--to", word.strip().lower().replace("task-head", "task_head"), APPROACHES) for word in options["to"].split("+")]
    output = Path(options["output"]) if options.get("output") is not None else None
    found = changes.what_if(table, {fact: value for fact, value in _answers(table, options, given).items() if value is not None}, wanted)
    if format_ == "json":
        text = as_json.render(found)
    else:
        shown = output is None and colour(no_color=bool(options.get("no_color")))
        text = as_text.render(found, width(), colour=shown, plain=_plain(options))
    write(text, output)
    return Finding()


def _plain(options: Mapping[str, Any]) -> bool:
    return bool(options.get("plain") or os.environ.get("ADAPTADVISOR_PLAIN") not in (None, "", "0"))


def batch(rules: str | None, cases: str, output: Path | None, *, settled: bool) -> Finding:
    """Answers every line of `cases`."""
    from adaptadvisor import batch

    bad = batch.run(load_table(rules), cases, output, settled=settled)
    if bad:
        return Finding(ExitCode.BAD_INPUT, f"error: {bad} bad line{'s' if bad > 1 else ''}; each has its own error in the output")
    return Finding()


def explain(rules: str | None, what: str, *, no_color: bool) -> Finding:
    """Writes what a name means."""
    from adaptadvisor.render import explain

    write(explain.render(load_table(rules), what, width(), colour=colour(no_color=no_color)), None)
    return Finding()


# ---- flags ----


def rules_given(argv: Sequence[str]) -> str | None:
    """The --rules of a command line that is not parsed yet (the last one wins): the table decides which flags there are."""
    given = os.environ.get("ADAPTADVISOR_RULES") or None
    for i, word in enumerate(argv):
        if word == "--rules" or word.startswith("--rules="):
            given = word.partition("=")[2] if "=" in word else "".join(argv[i + 1 : i + 2])
            if not given:
                raise bad_input("missing-value", "needs a folder", Location("--rules"))
    return given


def take_facts(argv: Sequence[str], questions: Iterable[Fact]) -> tuple[list[tuple[str, str]], list[str]]:
    """The fact flags of a command line, each as a fact and a text, and what is left of it.

    `--citations` means true, `--no-citations` false; underscores are dashes.
    """
    by_flag = {fact_flag(fact.id): fact for fact in questions}
    no = {"--no-" + flag[2:]: fact for flag, fact in by_flag.items() if fact.type == "bool"}
    given: list[tuple[str, str]] = []
    left: list[str] = []
    rest = list(argv)
    while rest:
        word = rest.pop(0)
        flag, equals, value = word.partition("=")
        flag = flag.replace("_", "-") if flag.startswith("--") else flag
        if word == "--":
            return given, [*left, word, *rest]
        if flag in by_flag:
            fact = by_flag[flag]
            if not equals:
                value = rest.pop(0) if rest and _is_value(fact, rest[0]) else ("true" if fact.type == "bool" else "")
            if not value:
                raise bad_input("missing-value", f"needs a value: {fact.expects}", Location(flag))
            given.append((fact.id, value))
        elif flag in no:
            if equals:
                raise bad_input("bad-setting", f"takes no value; write {flag} or {fact_flag(no[flag].id)}=true", Location(flag))
            given.append((no[flag].id, "false"))
        else:
            left.append(word)
    return given, left


def _is_value(fact: Fact, word: str) -> bool:
    """Whether the next word belongs to the flag: for yes/no facts only what says yes, no or unknown."""
    if fact.type == "bool":
        return word.lower() in facts.YES + facts.NO + facts.UNKNOWN_WORDS
    return not word.startswith("--")


def quick_options(words: Sequence[str]) -> dict[str, Any] | None:
    """The options of `recommend` among these words; None where anything else stands, which the full command line then explains."""
    spelled = {spelling: flag for flag in RECOMMEND_FLAGS for spelling in flag.spellings}
    found: dict[str, Any] = {}
    rest = list(words)
    while rest:
        word, equals, value = rest.pop(0).partition("=")
        flag = spelled.get(word)
        if flag is None or (equals and (flag.kind == "switch" or not word.startswith("--"))) or not (equals or flag.kind == "switch" or rest):
            return None
        if flag.kind == "switch":
            found[flag.name] = True
            continue
        value = value if equals else rest.pop(0)
        found[flag.name] = [*found.get(flag.name, ()), value] if flag.kind == "many" else value
    return found


def _answers(table: Table, options: Mapping[str, Any], given: Iterable[tuple[str, str]]) -> dict[str, Value | None]:
    """The answers of the facts file, then flags and --set, which win over it; None for what is not known."""
    problems: list[Problem] = []
    known = _answers_of_file(table, options["facts_file"]) if options.get("facts_file") is not None else {}
    over: dict[str, tuple[str, Value | None]] = {}
    named = [(fact_flag(fact), fact, word) for fact, word in given] + [_setting(word) for word in options.get("settings") or ()]
    for place, fact_id, word in named:
        fact = table.facts.get(fact_id)
        if fact is None or fact.derived:
            wrong = facts.no_such_fact(fact_id, table.facts)
            problems.append(Problem(wrong.code, str(wrong), Location(place)))
            continue
        before = over.get(fact_id)
        try:  # plans that were tried add up
            adds_up = before and fact.type == "plans" and word.lower() not in facts.UNKNOWN_WORDS
            value = facts.from_text(fact, f"{before[0]},{word}" if before and adds_up else word)
        except NotAValue as error:
            problems.append(Problem(error.code, str(error), Location(place)))
            continue
        if before and before[1] != value and fact.type != "plans":
            message = f'"{fact_id}" is given as "{shown(before[0])}" and as "{shown(word)}"; give it once'
            problems.append(Problem("given-twice", message, Location(place)))
        over[fact_id] = (f"{before[0]},{word}" if before else word, value)
    if problems:
        raise BadInput(problems)
    return {**known, **{fact: value for fact, (_, value) in over.items()}}


def _setting(word: str) -> tuple[str, str, str]:
    fact, equals, value = word.partition("=")
    if not equals:
        raise bad_input("bad-setting", f'"{shown(word)}" is not FACT=VALUE', Location("--set"))
    return "--set", fact.strip().replace("-", "_"), value


def _answers_of_file(table: Table, name: str) -> dict[str, Value | None]:
    from adaptadvisor import documents, load

    if not name:
        raise bad_input("missing-value", "needs a file name, or - for stdin", Location("--facts"))
    if name == "-":
        if sys.stdin is None:
            raise bad_input("missing-file", "stdin is closed", Location("--facts"))
        text = documents.decode(sys.stdin.buffer.read(documents.MAX_BYTES + 1), Location("stdin"))
        return load.read_answers(text, "stdin", table)
    return load.read_answers(documents.read_text(Path(name)), name, table)


# ---- streams ----


def write(text: str, output: Path | None) -> None:
    """Writes to a file, whole or not at all, or to stdout."""
    if output is None:
        if sys.stdout is None:
            raise OSError(errno.EBADF, "stdout is closed")
        sys.stdout.write(text)
        return
    from adaptadvisor.files import written_whole

    with written_whole(output) as handle:
        handle.write(text.encode())


def width(stream: Any = None) -> int:
    """The columns of the terminal behind a stream (stdout), or 80 where nobody said."""
    from contextlib import suppress

    if os.environ.get("COLUMNS", "").isdecimal() and int(os.environ["COLUMNS"]):
        return int(os.environ["COLUMNS"])
    with suppress(OSError, ValueError, AttributeError):
        return os.get_terminal_size((stream or sys.stdout).fileno()).columns or 80
    return 80


def colour(*, no_color: bool, stream: Any = None) -> bool:
    """Whether a stream (stdout) gets colour: --no-color and NO_COLOR win over FORCE_COLOR, which wins over what the stream is."""
    if no_color or os.environ.get("NO_COLOR") or os.environ.get("TERM") == "dumb":
        return False
    stream = stream or sys.stdout
    return bool(os.environ.get("FORCE_COLOR") or (stream and stream.isatty()))


def _one_of(flag: str, word: str, known: Sequence[str]) -> str:
    if word not in known:
        raise bad_input("unknown-choice", f'"{shown(word)}" is none of {one_of(list(known))}{nearest(word, known)}', Location(flag))
    return word
