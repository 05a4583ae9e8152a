"""The command line: the only module that imports typer, prints, and exits."""

from __future__ import annotations

import gc
import inspect
import os
import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Annotated, Any

import typer

from adaptadvisor import __version__, facts
from adaptadvisor.errors import AdvisorError, BadInput, ExitCode, Location, Problem, bad_input, nearest, one_of, shown
from adaptadvisor.facts import Fact, NotAValue, Value
from adaptadvisor.resources import load_table
from adaptadvisor.table import Table

FORMATS = ("text", "json")
FAIL_ON = ("open-needs", "not-yet", "near-threshold")

RulesOption = Annotated[Path | None, typer.Option("--rules", metavar="DIR", envvar="ADAPTADVISOR_RULES", help="A rule table of your own.")]
OutputOption = Annotated[Path | None, typer.Option("--output", "-o", metavar="FILE", help="Write here, whole or not at all.")]
NoColorOption = Annotated[bool, typer.Option("--no-color", help="No colour; NO_COLOR does the same.")]


def main() -> None:
    """The entry point `adaptadvisor`."""
    sys.exit(run(sys.argv[1:]))


def run(argv: Sequence[str]) -> int:
    """Runs one command; every failure ends here as one line on stderr and an exit code."""
    gc.disable()  # short runs, and `batch` makes no cycles: collecting garbage would cost more than it frees
    try:
        result = _run(list(argv))
        sys.stdout.flush()
    except BrokenPipeError:  # the reader has seen enough
        _discard_stdout()
        return ExitCode.DONE
    except KeyboardInterrupt:
        return _fail("interrupted", ExitCode.INTERRUPTED)
    except AdvisorError as error:
        return _fail(str(error), error.exit_code)
    except OSError as error:
        _discard_stdout()
        return _fail(f"error: cannot write{f' {error.filename}' if error.filename else ''}: {error.strerror or error}", ExitCode.FAILURE)
    except Exception as error:
        if _is_usage_error(error):
            return _fail(_usage_line(error), ExitCode.BAD_INPUT)
        if os.environ.get("ADAPTADVISOR_DEBUG"):
            raise
        line = f"error: a bug in adaptadvisor ({type(error).__name__}: {shown(error, 200)}); ADAPTADVISOR_DEBUG=1 shows where"
        return _fail(line, ExitCode.FAILURE)
    return result


def _run(argv: list[str]) -> int:
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="backslashreplace")  # a locale that cannot show a character must not stop the answer
    table = None
    if "recommend" in argv[:1] or "_ADAPTADVISOR_COMPLETE" in os.environ:
        table = load_table(_rules_given(argv))
        argv = [*argv[:1], *spell_out(argv[1:], table.questions)]
    app = _app(table)
    if not argv:
        argv = ["--help"]
        app(args=argv, prog_name="adaptadvisor", standalone_mode=False)
        return _fail("error: no command given", ExitCode.BAD_INPUT)
    result = app(args=argv, prog_name="adaptadvisor", standalone_mode=False)
    return result if isinstance(result, int) else ExitCode.DONE


def _app(table: Table | None) -> typer.Typer:
    app = typer.Typer(
        help="The cheapest reliable way to adapt a pretrained language model, with its evidence.",
        rich_markup_mode=None,  # plain help: the same on a terminal, in a pipe and for a screen reader
        pretty_exceptions_enable=False,
        add_completion=True,
    )

    @app.callback()
    def root(version: Annotated[bool, typer.Option("--version", is_eager=True, callback=_print_version, help="Show the version.")] = False) -> None:
        pass

    app.command("recommend", help="The plan for a situation given by flags or a facts file.")(_with_fact_flags(table))
    app.command("batch", help="The plan and the open needs of many situations, one JSON object a line.")(_batch)
    app.command("explain", help="What a row, a fact, an approach or a word of the field means.")(_explain)
    return app


def _print_version(value: bool) -> None:
    if value:
        print(f"adaptadvisor {__version__}")
        raise typer.Exit


# ---- recommend ----


def _recommend(
    table: Table,
    given: Mapping[str, str],
    facts_file: str | None,
    set_: Iterable[str],
    format_: str,
    output: Path | None,
    strict: bool,
    fail_on: Iterable[str],
    no_color: bool,
) -> int:
    format_ = _one_of("--format", format_, FORMATS)
    fail_on = [_one_of("--fail-on", word, FAIL_ON) for word in fail_on]
    known = _facts(table, facts_file, given, set_)
    from adaptadvisor.advice import advise

    advice = advise(table, known)
    if format_ == "json":
        from adaptadvisor.render import as_json

        text = as_json.render(advice)
    else:
        from adaptadvisor.render import text as as_text

        text = as_text.render(advice, _width(), colour=output is None and _colour(sys.stdout, no_color))
    _write(text, output)
    found = {
        "open-needs": bool(advice.open_needs),
        "not-yet": any(step.blocks for step in advice.route),
        "near-threshold": bool(advice.near_thresholds),
    }
    failing = [word for word in fail_on if found[word]]
    if failing:
        return _fail(f"findings: {', '.join(failing)}", ExitCode.FINDINGS)
    if strict and not advice.settled:
        return _fail(f"not enough evidence: the plan hangs on {', '.join(hinge.fact for hinge in advice.hinges)}", ExitCode.NOT_ENOUGH_EVIDENCE)
    return ExitCode.DONE


def _with_fact_flags(table: Table | None) -> Callable[..., int]:
    """`recommend` with one flag a fact, made from the table, so that a new question is a new flag in help and completion."""
    questions = table.questions if table else ()

    def recommend(**options: Any) -> int:
        assert table is not None
        given = {fact.id: options[fact.id] for fact in questions if options[fact.id] is not None}
        others = {name: value for name, value in options.items() if name not in table.facts and name != "rules"}
        return _recommend(table, given, **others)

    keyword = inspect.Parameter.KEYWORD_ONLY
    parameters = [inspect.Parameter(fact.id, keyword, default=None, annotation=_fact_flag(fact)) for fact in questions]
    own: dict[str, tuple[Any, Any]] = {
        "facts_file": (Annotated[str | None, typer.Option("--facts", metavar="FILE", help="A facts file, YAML or JSON; - is stdin.")], None),
        "set_": (Annotated[list[str], typer.Option("--set", metavar="FACT=VALUE", help="A fact by name; may be repeated.")], []),
        "format_": (Annotated[str, typer.Option("--format", metavar="|".join(FORMATS), help="How to show the advice.")], "text"),
        "output": (OutputOption, None),
        "strict": (Annotated[bool, typer.Option("--strict", help="Exit with 4 while the plan is not settled.")], False),
        "fail_on": (Annotated[list[str], typer.Option("--fail-on", metavar="|".join(FAIL_ON), help="Exit with 3 on this finding.")], []),
        "rules": (RulesOption, None),
        "no_color": (NoColorOption, False),
    }
    parameters += [inspect.Parameter(name, keyword, default=default, annotation=type_) for name, (type_, default) in own.items()]
    recommend.__signature__ = inspect.Signature(parameters)  # type: ignore[attr-defined]
    recommend.__annotations__ = {parameter.name: parameter.annotation for parameter in parameters}
    return recommend


def _fact_flag(fact: Fact) -> Any:
    if fact.type == "choice":
        metavar = "|".join(str(value) for value in fact.values)
    else:
        metavar = {"bool": "true|false", "plans": "PLAN", "integer": "N", "number": "X"}[fact.type]
    words = [str(facts.show(value)) for value in fact.values]
    complete = (lambda incomplete: [word for word in words if word.startswith(incomplete)]) if words else None
    return Annotated[str | None, typer.Option(_flag(fact.id), metavar=metavar, help=fact.question, show_default=False, autocompletion=complete)]


def _flag(fact: str) -> str:
    return "--" + fact.replace("_", "-")


def spell_out(argv: Sequence[str], questions: Iterable[Fact]) -> list[str]:
    """Fact flags in the one form that the parser knows: `--citations` means true, `--no-citations` false, underscores are dashes.

    A fact given twice with different values is a `BadInput`; plans in `--tried` add up.
    """
    by_flag = {_flag(fact.id): fact for fact in questions}
    no = {"--no-" + flag[2:]: flag for flag, fact in by_flag.items() if fact.type == "bool"}
    seen: dict[str, str] = {}
    result: list[str] = []
    rest = list(argv)
    while rest:
        word = rest.pop(0)
        flag, equals, value = word.partition("=")
        flag = flag.replace("_", "-") if flag.startswith("--") else flag
        fact = by_flag.get(no.get(flag, flag))
        if word == "--":
            return [*result, *_given(seen), word, *rest]
        if fact is None:
            result.append(word)
            continue
        if flag in no and flag not in by_flag:
            value = "false"
        elif not equals:
            value = rest.pop(0) if rest and _is_value(fact, rest[0]) else ("true" if fact.type == "bool" else "")
            if not value:
                raise bad_input("missing-value", f"needs a value: {fact.expects}", Location(_flag(fact.id)))
        _remember(seen, fact, value)
    return [*result, *_given(seen)]


def _is_value(fact: Fact, word: str) -> bool:
    """Whether the next word belongs to the flag: for yes/no facts only what says yes, no or unknown."""
    if fact.type == "bool":
        return word.lower() in facts.YES + facts.NO + facts.UNKNOWN_WORDS
    return not word.startswith("--")


def _remember(seen: dict[str, str], fact: Fact, value: str) -> None:
    before = seen.get(fact.id)
    if before is not None and fact.type == "plans":
        value = f"{before},{value}"
    elif before is not None and before != value:
        raise bad_input("given-twice", f'given as "{shown(before)}" and as "{shown(value)}"; give it once', Location(_flag(fact.id)))
    seen[fact.id] = value


def _given(seen: Mapping[str, str]) -> list[str]:
    return [f"{_flag(fact)}={value}" for fact, value in seen.items()]


def _facts(table: Table, facts_file: str | None, given: Mapping[str, str], set_: Iterable[str]) -> dict[str, Value]:
    """The known facts: those of the file, then flags and --set, which win over it."""
    problems: list[Problem] = []
    known = _facts_of_file(table, facts_file) if facts_file else {}
    over: dict[str, tuple[str, Value | None]] = {}
    named = [(_flag(fact), fact, value) for fact, value in given.items()] + [_setting(word) for word in set_]
    for place, fact_id, word in named:
        fact = table.facts.get(fact_id)
        if fact is None or fact.derived:
            hint = nearest(fact_id, [question.id for question in table.questions])
            problems.append(Problem("unknown-fact", f'there is no fact "{shown(fact_id)}"{hint}', Location(place)))
            continue
        try:
            value = facts.from_text(fact, word)
        except NotAValue as error:
            problems.append(Problem(error.code, str(error), Location(place)))
            continue
        if fact_id in over and over[fact_id][1] != value:
            message = f'"{fact_id}" is given as "{shown(over[fact_id][0])}" and as "{shown(word)}"; give it once'
            problems.append(Problem("given-twice", message, Location(place)))
        over[fact_id] = (word, value)
    if problems:
        raise BadInput(problems)
    known.update((fact, value) for fact, (_, value) in over.items() if value is not None)
    return {fact: value for fact, value in known.items() if fact not in over or over[fact][1] is not None}


def _setting(word: str) -> tuple[str, str, str]:
    fact, equals, value = word.partition("=")
    if not equals:
        raise bad_input("bad-setting", f'"{shown(word)}" is not FACT=VALUE', Location("--set"))
    return "--set", fact.strip().replace("-", "_"), value


def _facts_of_file(table: Table, name: str) -> dict[str, Value]:
    from adaptadvisor import documents, load

    if name == "-":
        text = documents.decode(sys.stdin.buffer.read(documents.MAX_BYTES + 1), Location("stdin"))
        return load.read_facts(text, "stdin", table)
    return load.read_facts(documents.read_text(Path(name)), name, table)


# ---- batch and explain ----


def _batch(
    cases: Annotated[str, typer.Argument(metavar="CASES.JSONL", help="One situation a line; - is stdin.")],
    output: OutputOption = None,
    settled: Annotated[bool, typer.Option("--settled", help="Add whether the plan is settled, and its hinges.")] = False,
    rules: RulesOption = None,
) -> int:
    from adaptadvisor import batch

    bad = batch.run(load_table(rules), cases, output, settled=settled)
    if bad:
        return _fail(f"error: {bad} bad line{'s' if bad > 1 else ''}; each has its own error in the output", ExitCode.BAD_INPUT)
    return ExitCode.DONE


def _explain(
    what: Annotated[list[str], typer.Argument(metavar="WHAT", help="A row, a fact, an approach, a variant, a failure mode, a topic.")],
    rules: RulesOption = None,
    no_color: NoColorOption = False,
) -> int:
    from adaptadvisor.render import explain

    text = explain.render(load_table(rules), " ".join(what), _width(), colour=_colour(sys.stdout, no_color))
    _write(text, None)
    return ExitCode.DONE


# ---- streams and errors ----


def _write(text: str, output: Path | None) -> None:
    if output is None:
        sys.stdout.write(text)
        return
    from adaptadvisor.files import written_whole

    with written_whole(output) as handle:
        handle.write(text.encode())


def _width() -> int:
    if sys.stdout.isatty() or os.environ.get("COLUMNS"):
        from shutil import get_terminal_size

        return get_terminal_size().columns
    return 80


def _colour(stream: Any, no_color: bool) -> bool:
    if no_color or os.environ.get("NO_COLOR") or os.environ.get("TERM") == "dumb":
        return False
    return bool(os.environ.get("FORCE_COLOR")) or stream.isatty()


def _one_of(flag: str, word: str, known: Sequence[str]) -> str:
    if word not in known:
        raise bad_input("unknown-choice", f'"{shown(word)}" is none of {one_of(list(known))}{nearest(word, known)}', Location(flag))
    return word


def _rules_given(argv: Sequence[str]) -> str | None:
    """The --rules of a command line that is not parsed yet: the table decides which flags there are."""
    for word, following in zip(argv, [*argv[1:], ""], strict=True):
        if word == "--rules" or word.startswith("--rules="):
            return word.partition("=")[2] or following
    return os.environ.get("ADAPTADVISOR_RULES") or None


def _fail(line: str, code: ExitCode) -> int:
    try:
        print(line, file=sys.stderr)
    except OSError:
        pass
    return code


def _discard_stdout() -> None:
    """Points stdout at nothing, so that the interpreter's last flush cannot fail again."""
    try:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    except (OSError, ValueError):
        pass


def _is_usage_error(error: Exception) -> bool:
    """Typer's own complaints; recognised by shape, because its click is private in some versions and a package in others."""
    return hasattr(error, "format_message") and hasattr(error, "exit_code")


def _usage_line(error: Any) -> str:
    context = getattr(error, "ctx", None)
    name = getattr(error, "option_name", None)
    if name and hasattr(error, "possibilities") and context:
        known = [option for parameter in context.command.params for option in (*parameter.opts, *parameter.secondary_opts) if option.startswith("-")]
        return f'error[unknown-option]: there is no option "{shown(name)}"{nearest(str(name), known)}'
    message = error.format_message().replace("\n", " ").rstrip(".")
    known = list(getattr(getattr(context, "command", None), "commands", {}))
    words = message.split("'")
    hint = nearest(words[1], known) if known and len(words) > 2 and "Did you mean" not in message else ""
    return f"error[usage]: {message}{hint} (see `{context.command_path if context else 'adaptadvisor'} --help`)"
