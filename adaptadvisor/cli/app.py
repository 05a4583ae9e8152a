"""The Typer app: which commands there are, an example of each, and one call of it."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from typing import Annotated, Any

import typer
from typer.core import TyperCommand, TyperGroup
from typer.main import get_command

from adaptadvisor import __version__
from adaptadvisor.cli import ask, options, recommend, rules
from adaptadvisor.cli.ending import Ending
from adaptadvisor.cli.options import one_option_per_fact
from adaptadvisor.errors import ExitCode, Location, bad_input, nearest, shown
from adaptadvisor.reading.shipped import load_table
from adaptadvisor.table.rows import Table

_ON_FACTS: dict[str, tuple[Callable[..., Ending], str]] = {
    "ask": (ask.ask, "--task label"),
    "recommend": (recommend.recommend, "--task label --examples 1200 --classes 12"),
    "what-if": (recommend.what_if, "--to lora --task code --main-error skill"),
}
"""The commands that have an option per fact, each with an example."""
_OTHERS: dict[str, tuple[Callable[..., Ending], str]] = {
    "report": (recommend.report, "advice.json --format md -o advice.md"),
    "batch": (recommend.batch, "cases.jsonl -o plans.jsonl"),
    "explain": (recommend.explain, "rag"),
    "schema": (recommend.schema, "facts"),
}
_RULES: dict[str, tuple[Callable[..., Ending], str]] = {
    "lint": (rules.lint, "house"),
    "prove": (rules.prove, "house"),
    "test": (rules.run_tests, "house --junit results.xml"),
    "show": (rules.show, "--format md -o rules.md"),
    "diff": (rules.diff, "shipped house"),
    "init": (rules.init, "house"),
}


def call(argv: Sequence[str]) -> Ending:
    """Does what a command line says; `typer.TyperException` where Typer cannot read it."""
    command, folder = _ahead(argv)
    completing = "_ADAPTADVISOR_COMPLETE" in os.environ
    table = load_table(folder) if command in _ON_FACTS or completing else None
    app = build(table, None if completing else command)
    if completing:
        app(prog_name="adaptadvisor")
    try:
        with get_command(app).make_context("adaptadvisor", list(argv)) as context:
            ending: Ending = context.command.invoke(context)
    except typer.Exit:  # --help and --version say so
        return Ending()
    return ending


def _ahead(argv: Sequence[str]) -> tuple[str, str | None]:
    """The command of a command line that is not parsed yet, and its --rules (the last one wins):
    the table decides which options there are.
    """
    command, folder = "", os.environ.get("ADAPTADVISOR_RULES") or None
    words = iter(argv)
    for word in words:
        if word == "--rules" or word.startswith("--rules="):
            folder = word.partition("=")[2] if "=" in word else next(words, "")
            if not folder:
                raise bad_input("missing-value", "needs a folder", Location("--rules"))
        elif not command and not word.startswith("-"):
            command = word.replace("_", "-")
    return command, folder


def build(table: Table | None, called: str | None = None) -> typer.Typer:
    """The app; with a table, the commands on facts (or only the one that is called: start-up is felt)
    have an option per fact, so that a new question is a new option in help and completion.
    """
    app = _group("The cheapest reliable way to adapt a pretrained language model, with evidence.")
    app.callback(invoke_without_command=True, epilog=_example("recommend", "--task label"))(_root)
    for name, (command, example) in _ON_FACTS.items():
        on_facts = one_option_per_fact(table if called in (None, name) else None)(command)
        app.command(name, cls=_Command, epilog=_example(name, example))(on_facts)
    for name, (command, example) in _OTHERS.items():
        app.command(name, cls=_Command, epilog=_example(name, example))(command)
    app.command("help", cls=_Command, epilog=_example("help", "recommend"))(_help)
    tables = _group("Look at a rule table, prove it, test it, show it, compare two, or begin one.")
    tables.callback(invoke_without_command=True, epilog=_example("rules", "lint house"))(
        _no_command
    )
    for name, (command, example) in _RULES.items():
        tables.command(name, cls=_Command, epilog=_example(f"rules {name}", example))(command)
    app.add_typer(tables, name="rules")
    return app


def _group(help: str) -> typer.Typer:
    return typer.Typer(
        cls=_Group,
        help=help,
        pretty_exceptions_enable=False,
        context_settings={
            "help_option_names": ["-h", "--help"],
            # underscores are dashes: a fact is named either way
            "token_normalize_func": lambda word: word.replace("_", "-"),
        },
    )


class _Command(TyperCommand):
    """A command whose help fits into 80 columns."""

    def format_help(self, ctx: Any, formatter: Any) -> None:
        _make_room(self.get_params(ctx))
        super().format_help(ctx, formatter)


class _Group(TyperGroup):
    """A group whose help fits, too, and that says in our own words that something is no command."""

    def format_help(self, ctx: Any, formatter: Any) -> None:
        _make_room(self.get_params(ctx))
        super().format_help(ctx, formatter)

    def resolve_command(self, ctx: Any, args: list[str]) -> Any:
        name = args[0].replace("_", "-")
        if name not in self.commands and not ctx.resilient_parsing:
            raise bad_input(
                "unknown-command",
                f'there is no command "{shown(args[0])}"{nearest(name, self.commands)}',
                Location(ctx.command_path),
            )
        return super().resolve_command(ctx, args)


def _make_room(parameters: list[Any]) -> None:
    """80 columns have no room for one with --no-... options, nor for the type of an option that
    takes no value.
    """
    for option in parameters:
        if getattr(option, "is_flag", False):
            option.metavar = ""
            if option.secondary_opts:
                option.help += f" If not, {option.secondary_opts.pop()}."


def _example(name: str, words: str) -> str:
    return f"Example: adaptadvisor {name} {words}"


def _print_version(value: bool) -> None:
    if value:
        print(f"adaptadvisor {__version__}")
        raise typer.Exit


def _root(
    context: typer.Context,
    *,
    folder: options.GroupRules = None,
    version: Annotated[
        bool,
        typer.Option(
            "--version", "-V", is_eager=True, callback=_print_version, help="Show the version."
        ),
    ] = False,
) -> Ending:
    context.obj = folder  # what --rules after the command falls back to
    return _no_command(context)


def _no_command(context: typer.Context) -> Ending:
    """The help, where a group is called without a command."""
    if context.invoked_subcommand is None:
        context.get_help()  # Rich prints it
        return Ending(ExitCode.BAD_INPUT, "error[usage]: no command given")
    return Ending()


def _help(
    command: Annotated[
        list[str] | None, options.argument("COMMAND", "Such as recommend, or rules lint.")
    ] = None,
) -> Ending:
    """The help of a command."""
    return call([*(command or ()), "--help"])


def usage_line(error: typer.TyperException) -> str:
    """What Typer says is wrong with a command line, as one line."""
    context, option = getattr(error, "ctx", None), getattr(error, "option_name", None)
    if context and option:
        known = [
            flag
            for each in context.command.params
            for flag in (*each.opts, *each.secondary_opts)
            if flag.startswith("-")
        ]
        if option not in known:
            hint = nearest(option, known)
            return f'error[unknown-option]: there is no option "{shown(option)}"{hint}'
    path = context.command_path if context else "adaptadvisor"
    message = shown(error.format_message().rstrip("."), 300)
    return f"error[usage]: {message} (see `{path} --help`)"
