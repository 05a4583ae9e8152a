"""The full command line, made with Typer: help, completion, usage errors, and every command that
the quick way in `cli` does not take.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import Annotated, Any

import typer

from adaptadvisor import __version__
from adaptadvisor.cli import recommend as commands
from adaptadvisor.cli.flags import (
    ASK_FLAGS,
    RECOMMEND_FLAGS,
    REPORT_FLAGS,
    RULES_FLAGS,
    SCHEMA_FLAGS,
    WHAT_IF_FLAGS,
    Flag,
)
from adaptadvisor.cli.recommend import Ending
from adaptadvisor.errors import nearest, shown
from adaptadvisor.reading.shipped import load_table
from adaptadvisor.table import facts
from adaptadvisor.table.facts import Fact, fact_flag
from adaptadvisor.table.rows import Table

Work = Callable[[], Ending]
"""A command as Typer has understood it, still to be done: what fails then is not for Typer to
catch.
"""

RulesOption = Annotated[
    str | None,
    typer.Option(
        "--rules", metavar="DIR", envvar="ADAPTADVISOR_RULES", help="A rule table of your own."
    ),
]


def build(table: Table | None) -> typer.Typer:
    """The app; with a table, `recommend` has one flag a fact, so that a new question is a new flag
    in help and completion.
    """
    app = typer.Typer(
        help="The cheapest reliable way to adapt a pretrained language model, with its evidence.",
        # plain help: the same on a terminal, in a pipe and for a screen reader
        rich_markup_mode=None,
        pretty_exceptions_enable=False,
    )

    @app.callback()
    def root(
        *,
        version: Annotated[
            bool,
            typer.Option(
                "--version", is_eager=True, callback=_print_version, help="Show the version."
            ),
        ] = False,
    ) -> None:
        pass

    app.command("ask", help="An interview: only what can still change the plan is asked.")(
        _on_facts(table, ASK_FLAGS, commands.ask)
    )
    app.command("recommend", help="The plan for a situation given by flags or a facts file.")(
        _on_facts(table, RECOMMEND_FLAGS, commands.recommend)
    )
    app.command(
        "what-if", help="The smallest changes that make another plan the cheapest reliable one."
    )(_on_facts(table, WHAT_IF_FLAGS, commands.what_if))
    app.command(
        "report", help="A stored recommendation, or the advice for a facts file, in another form."
    )(
        _with_flags(
            REPORT_FLAGS,
            commands.report,
            what="FACTS-OR-RECOMMENDATION",
            help="A facts file, or a recommendation as JSON; - is stdin.",
        )
    )
    app.command(
        "batch", help="The plan and the open needs of many situations, one JSON object a line."
    )(_batch)
    app.command("explain", help="What a row, a fact, an approach or a word of the field means.")(
        _explain
    )
    app.command("schema", help="The JSON Schema of a document.")(
        _with_flags(
            SCHEMA_FLAGS, commands.schema, what="|".join(commands.SCHEMAS), help="Which document."
        )
    )
    app.add_typer(
        _rules(),
        name="rules",
        help="A rule table looked at, proven, tested, shown, compared or begun.",
    )
    return app


def _rules() -> typer.Typer:
    """The `rules` commands. A folder that is not named is that of --rules, ADAPTADVISOR_RULES or
    the shipped table.
    """
    from adaptadvisor.cli import rules as table_commands

    rules = typer.Typer(rich_markup_mode=None, pretty_exceptions_enable=False)
    table = "The folder of a table; else --rules, ADAPTADVISOR_RULES or the shipped one."
    for name, help in (
        ("lint", "Mistakes that a reader of the YAML could see, each with its place."),
        ("prove", "What holds in every situation, and what does not."),
        (
            "test",
            "The examples in the rows, the cases beside the table, and what they leave untested.",
        ),
        ("show", "The table as documentation."),
    ):
        do = getattr(table_commands, name)
        rules.command(name, help=help)(
            _with_flags(RULES_FLAGS[name], do, what="[DIR]", help=table, required=False)
        )
    rules.command("init", help="A table of one's own, on top of the shipped one.")(
        _with_flags(RULES_FLAGS["init"], table_commands.init, what="DIR", help="A new folder.")
    )

    def diff(old: str, new: str, **options: Any) -> Work:
        return lambda: table_commands.diff(old, new, options)

    words = "A folder, `shipped`, or a git revision of the other one."
    first = {
        name: Annotated[str, typer.Argument(metavar=name.upper(), help=words, show_default=False)]
        for name in ("old", "new")
    }
    rules.command("diff", help="What differs between two tables, and whose advice changes.")(
        _signed(diff, first, RULES_FLAGS["diff"], required=True)
    )
    return rules


def _print_version(value: bool) -> None:
    if value:
        print(f"adaptadvisor {__version__}")
        raise typer.Exit


def _on_facts(
    table: Table | None,
    flags: tuple[Flag, ...],
    do: Callable[[Table, list[tuple[str, str]], dict[str, Any]], Ending],
) -> Callable[..., Work]:
    """A command with one flag a fact beside its own."""
    questions = table.questions if table else ()

    def command(**options: Any) -> Work:
        used = table or load_table(options["rules"])
        given = [(fact.id, options.pop(fact.id)) for fact in questions]
        return lambda: do(
            used, [(fact, value) for fact, value in given if value is not None], options
        )

    return _signed(
        command, {fact.id: _fact_option(fact) for fact in questions}, flags, required=False
    )


def _with_flags(
    flags: tuple[Flag, ...],
    do: Callable[[Any, dict[str, Any]], Ending],
    *,
    what: str,
    help: str,
    required: bool = True,
) -> Callable[..., Work]:
    """A command with one word and flags of its own."""

    def command(what: str | None, **options: Any) -> Work:
        return lambda: do(what, options)

    kind: Any = str if required else str | None
    argument = Annotated[kind, typer.Argument(metavar=what, help=help, show_default=False)]
    return _signed(command, {"what": argument}, flags, required=required)


def _signed(
    command: Callable[..., Work], first: dict[str, Any], flags: tuple[Flag, ...], *, required: bool
) -> Callable[..., Work]:
    """The command with the signature from which Typer reads its parameters; the first ones may have
    to be given.
    """
    annotations = first | {flag.name: _option(flag) for flag in flags}
    defaults = {flag.name: {"switch": False, "many": [], "text": None}[flag.kind] for flag in flags}
    defaults |= dict.fromkeys(first, inspect.Parameter.empty if required else None)
    command.__signature__ = inspect.Signature(  # type: ignore[attr-defined]
        [
            inspect.Parameter(
                name,
                inspect.Parameter.KEYWORD_ONLY,
                default=defaults[name],
                annotation=annotations[name],
            )
            for name in annotations
        ]
    )
    command.__annotations__ = annotations
    return command


def _option(flag: Flag) -> Any:
    variable = "ADAPTADVISOR_RULES" if flag.name == "rules" else None
    option = typer.Option(
        *flag.spellings,
        metavar=flag.metavar or None,
        envvar=variable,
        show_envvar=False,
        help=flag.help,
        show_default=False,
    )
    kinds: dict[str, Any] = {"switch": bool, "many": list[str], "text": str | None}
    return Annotated[kinds[flag.kind], option]


def _fact_option(fact: Fact) -> Any:
    words = [str(facts.show(value)) for value in fact.values]
    metavar = "|".join(words) or {"plans": "PLAN", "integer": "N"}.get(fact.type, "X")
    complete = (
        (lambda incomplete: [word for word in words if word.startswith(incomplete)])
        if words
        else None
    )
    option = typer.Option(
        fact_flag(fact.id),
        metavar=metavar,
        help=fact.question,
        show_default=False,
        autocompletion=complete,
    )
    return Annotated[str | None, option]


def _batch(
    cases: Annotated[
        str, typer.Argument(metavar="CASES.JSONL", help="One situation a line; - is stdin.")
    ],
    output: Annotated[
        str | None,
        typer.Option("--output", "-o", metavar="FILE", help="Write here, whole or not at all."),
    ] = None,
    *,
    settled: Annotated[
        bool, typer.Option("--settled", help="Add whether the plan is settled, and its hinges.")
    ] = False,
    force: Annotated[
        bool, typer.Option("--force", help="Write over a file that exists; never over CASES.")
    ] = False,
    rules: RulesOption = None,
) -> Work:
    return lambda: commands.batch(rules, cases, output, settled=settled, force=force)


def _explain(
    what: Annotated[
        list[str],
        typer.Argument(
            metavar="WHAT", help="A row, a fact, an approach, a variant, a failure mode, a topic."
        ),
    ],
    *,
    rules: RulesOption = None,
    no_color: Annotated[
        bool, typer.Option("--no-color", help="No colour; NO_COLOR does the same.")
    ] = False,
) -> Work:
    return lambda: commands.explain(rules, " ".join(what), {"no_color": no_color})


def usage_line(error: Exception) -> str | None:
    """Typer's own complaint as one line; None for any other error.

    Recognised by shape, because the click inside Typer is private in some versions and a package of
    its own in others.
    """
    if not (hasattr(error, "format_message") and hasattr(error, "exit_code")):
        return None
    context: Any = getattr(error, "ctx", None)
    name = getattr(error, "option_name", None)
    if name and hasattr(error, "possibilities") and context:
        known = [
            option
            for parameter in context.command.params
            for option in (*parameter.opts, *parameter.secondary_opts)
            if option.startswith("-")
        ]
        return (
            f'error[unknown-option]: there is no option "{shown(name)}"{nearest(str(name), known)}'
        )
    message = error.format_message().replace("\n", " ").rstrip(".")
    known = list(getattr(getattr(context, "command", None), "commands", {}))
    words = message.split("'")
    hint = (
        nearest(words[1], known)
        if known and len(words) > 2 and "Did you mean" not in message
        else ""
    )
    return (
        f"error[usage]: {message}{hint} (see `{context.command_path if context else 'adaptadvisor'}"
        " --help`)"
    )
