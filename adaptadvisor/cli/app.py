"""The Typer app: which commands there are, an example of each, and one call of it."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence
from itertools import pairwise
from typing import Annotated, Any

import typer
from typer.core import TyperCommand, TyperGroup
from typer.main import get_command

from adaptadvisor import __version__
from adaptadvisor.cli import (
    ask,
    check,
    check_all,
    check_data,
    compare,
    cost,
    diagnose,
    help,
    lab,
    lookup,
    options,
    portfolio,
    precedents,
    profile,
    recommend,
    rules,
    start,
    tour,
)
from adaptadvisor.cli import next as next_
from adaptadvisor.cli.checking import checking
from adaptadvisor.cli.ending import Ending
from adaptadvisor.cli.options import argument, one_option_per_fact, option
from adaptadvisor.cli.team import Team, team_of
from adaptadvisor.errors import BadInput, ExitCode, Problem, bad_input, nearest, shown
from adaptadvisor.reading.shipped import load_table
from adaptadvisor.table.rows import Table

_Examples = str | tuple[str, ...]
_Commands = Mapping[str, tuple[Callable[..., Ending], _Examples]]
"""Commands, each with an example or more."""

_ON_FACTS: _Commands = {
    "ask": (ask.ask, "--task label"),
    "recommend": (recommend.recommend, "--task label --examples 1200 --classes 12"),
    "what-if": (recommend.what_if, "--to lora --task code --main-error skill"),
    "next": (next_.next_, "--facts tickets.yaml --results results.json --bar 90"),
    "cost": (
        cost.cost,
        ("--facts tickets.yaml --prices prices.yaml", "--model 7b --cards 2x24"),
    ),
    "start": (start.start, "my-plan --facts tickets.yaml --train train.jsonl --eval eval.jsonl"),
}
"""The commands that have an option per fact."""
_OTHERS: _Commands = {
    "report": (recommend.report, "advice.json --format md -o advice.md"),
    "batch": (portfolio.batch, "cases.csv -o portfolio.html --reports cases"),
    "compare": (compare.compare, "tickets.yaml contracts.yaml"),
    "profile": (profile.profile, "train.jsonl --eval eval.jsonl --save facts.yaml"),
    "diagnose": (diagnose.diagnose, ("it forgets what it knew", "--log trainer_state.json")),
    "precedents": (precedents.precedents, "hate speech --task label"),
    "explain": (lookup.explain, ("rag", "what is masked language modelling")),
    "schema": (recommend.schema, "facts"),
}
_RULES: _Commands = {
    "lint": (rules.lint, "house"),
    "prove": (rules.prove, "house"),
    "test": (rules.run_tests, "house --junit results.xml"),
    "show": (rules.show, "--format md -o rules.md"),
    "diff": (rules.diff, "shipped house"),
    "init": (rules.init, "house"),
}


CHECKS: _Commands = {
    "compare": (check.compare, "prompt.jsonl tuned.jsonl"),
    "coverage": (check.coverage, "results.json --slices language=de,fr"),
    "repeats": (check.repeats, "results.json"),
    "prompts": (check.prompts, "results.json"),
    "dates": (check.dates, "results.jsonl --cutoff 2025-06"),
    "retrieval": (check.retrieval, "results.jsonl"),
    "leakage": (check_data.leakage, "train.jsonl eval.jsonl"),
    "labels": (check_data.labels, "train.jsonl"),
    "domain": (check_data.domain, "train.jsonl production.jsonl --general news.txt"),
    "all": (
        check_all.everything,
        "prompt.jsonl tuned.jsonl --data train.jsonl --eval eval.jsonl -o checks.html",
    ),
}
LAB: _Commands = {
    "run": (lab.run, "train.jsonl --eval eval.jsonl --facts tickets.yaml"),
    "predict": (lab.predict, "tickets-head new.jsonl -o labels.jsonl"),
    "tour": (tour.tour, "--step 5"),
}


_ABOUT = """The cheapest reliable way to adapt a pretrained language model, with evidence.

Begin here: "adaptadvisor ask" asks you only what can still change the plan. If you know your
situation, state it: "adaptadvisor recommend --task label --examples 1200"."""


def call(argv: Sequence[str]) -> Ending:
    """Does what a command line says; `typer.TyperException` where Typer cannot read it."""
    command, folder = _ahead(argv)
    completing = "_ADAPTADVISOR_COMPLETE" in os.environ
    team = _team(argv, command)
    folder = team.found.rules if folder is None else folder
    table = load_table(folder) if command in _ON_FACTS or completing else None
    app = build(table, None if completing else command, team)
    if completing:
        from adaptadvisor.cli.complete import answer

        answer(lambda: app(prog_name="adaptadvisor"))
    try:
        with get_command(app).make_context("adaptadvisor", list(argv), obj=team) as context:
            ending: Ending = context.command.invoke(context)
        team.tell()
    except typer.Exit:  # --help and --version say so
        return Ending()
    return ending


def _team(argv: Sequence[str], command: str) -> Team:
    """The defaults that count. Who only asks for help or completes gets it whatever is in them."""
    try:
        return team_of(argv)
    except BadInput as error:
        begins = command == "rules" and "init" in argv  # makes what the file may name already
        if begins and {problem.code for problem in error.problems} == {"missing-table"}:
            return Team()
        helping = command in ("", "help") or {"-h", "--help"} & {*argv}
        if helping or "_ADAPTADVISOR_COMPLETE" in os.environ:
            return Team()
        raise


def _ahead(argv: Sequence[str]) -> tuple[str, str | None]:
    """The command, and the last --rules, before Typer reads the line: the table has the options."""
    command, folder = "", os.environ.get("ADAPTADVISOR_RULES") or None
    words = iter(argv)
    for word in words:
        if word == "--rules" or word.startswith("--rules="):
            folder = word.partition("=")[2] if "=" in word else next(words, "")
            if not folder:
                raise bad_input("missing-value", "needs a folder", "--rules")
        elif not command and not word.startswith("-"):
            command = _dashes(word)
    return command, folder


def build(table: Table | None, called: str | None = None, team: Team | None = None) -> typer.Typer:
    """The app. With a table the commands on facts have an option per fact, so that a new question
    is a new option in help and completion.
    """
    commands = {**_ON_FACTS, **_OTHERS, "help": (_help, "recommend")}
    if called in commands:  # only this one: to make them all takes a tenth of the start-up
        commands = {called: commands[called]}
    for name in _ON_FACTS.keys() & commands.keys():
        command, example = commands[name]
        commands[name] = one_option_per_fact(command, table, team), example
    examples = ("ask", "recommend --task label --examples 1200", "explain rag")
    app = _group(_ABOUT, examples, _root, commands)
    if called not in commands:
        about = "Test a failure mode on results that you have."
        with_options = {name: (checking(one), words) for name, (one, words) in CHECKS.items()}
        checks = _group(
            about, "check compare old.json new.json", _no_command, with_options, "check "
        )
        app.add_typer(checks, name="check")
        about = "Train small heads on your labelled texts, offline, and see what they reach."
        labs = _group(about, "lab run train.jsonl", _no_command, LAB, "lab ")
        app.add_typer(labs, name="lab")
        about = "Look at a rule table, prove it, test it, show it, compare two, or begin one."
        tables = _group(about, "rules lint house", _no_command, _RULES, "rules ")
        app.add_typer(tables, name="rules")
    return app


def _group(
    about: str, example: _Examples, bare: Callable[..., Ending], commands: _Commands, path: str = ""
) -> typer.Typer:
    settings = {"help_option_names": ["-h", "--help"], "token_normalize_func": _dashes}
    group = typer.Typer(
        cls=_Group, help=about, context_settings=settings, pretty_exceptions_enable=False
    )
    group.callback(invoke_without_command=True, epilog=_examples("", example))(bare)
    for name, (command, words) in commands.items():
        several = (words,) if isinstance(words, str) else words
        epilog = _examples(f"{path}{name} ", several)
        group.command(name, cls=_Command, epilog=epilog)(options.with_no_config(command))
    return group


def _dashes(word: str) -> str:
    """Underscores are dashes: a fact is named either way."""
    return word.replace("_", "-")


class _Command(TyperCommand):
    """A command with our help, whose options do not take others as values."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        taken = {
            flag: each
            for each in self.get_params(ctx)
            for flag in _flags(each.opts + each.secondary_opts)
        }
        words = [*map(_dashes, args)]
        for word, after in pairwise(words[: words.index("--")] if "--" in words else words):
            if word in taken and after in taken and not getattr(taken[word], "is_flag", False):
                raise bad_input("missing-value", f"needs a value: {taken[word].metavar}", word)
        return super().parse_args(ctx, args)

    def format_help(self, ctx: Any, formatter: Any) -> None:  # noqa: ARG002 - Typer's signature
        help.show(self, ctx)


def _flags(words: list[str]) -> list[str]:
    return [word for word in words if word.startswith("-")]


class _Group(TyperGroup):
    """A group with our help, which says in our own words that something is no command."""

    def format_help(self, ctx: Any, formatter: Any) -> None:  # noqa: ARG002 - Typer's signature
        help.show(self, ctx)

    def resolve_command(self, ctx: Any, args: list[str]) -> Any:
        name = _dashes(args[0])
        if name not in self.commands and not ctx.resilient_parsing:
            all_of_them = f"; there are {', '.join(self.list_commands(ctx))}"
            hint = nearest(name, self.commands) or all_of_them
            wrong = f'there is no command "{shown(args[0])}"{hint}'
            raise bad_input("unknown-command", wrong, ctx.command_path)
        return super().resolve_command(ctx, args)


def _examples(path: str, examples: str | tuple[str, ...]) -> str:
    """`Example: ...`, and more of them below."""
    several = (examples,) if isinstance(examples, str) else examples
    lines = [f"adaptadvisor {path}{words}" for words in several]
    return "\n".join(["Example: " + lines[0], *(f"         {line}" for line in lines[1:])])


def _print_version(value: bool) -> None:
    if value:
        print(f"adaptadvisor {__version__}")
        raise typer.Exit


Version = Annotated[bool, option("--version -V", "Show the version.", callback=_print_version)]
Words = Annotated[list[str] | None, argument("COMMAND", "Such as recommend, or rules lint.")]


def _root(
    context: typer.Context,
    *,
    folder: options.GroupRules = None,
    no_config: options.NoConfig = False,
    version: Version = False,
) -> Ending:
    if isinstance(context.obj, Team):
        context.obj.given = folder  # what --rules after the command falls back to
    return _no_command(context)


def _no_command(context: typer.Context) -> Ending:
    """The help, where a group is called without a command."""
    if context.invoked_subcommand is None:
        context.get_help()  # Rich prints it
        return Ending(ExitCode.BAD_INPUT, "error[usage]: no command given")
    return Ending()


def _help(command: Words = None) -> Ending:
    """The help of a command."""
    try:
        return call([*(command or ()), "--help"])
    except BadInput as error:
        wrong = error.problems[0]
        if wrong.code != "unknown-command":
            raise
        more = "words are explained by `adaptadvisor explain WORD`"
        raise bad_input(wrong.code, f"{wrong.message}; {more}", wrong.location) from None


def usage_problem(error: typer.TyperException) -> Problem:
    """What Typer says is wrong with a command line."""
    context, given = getattr(error, "ctx", None), getattr(error, "option_name", None)
    path = context.command_path if context else "adaptadvisor"
    if context and given:
        known = [
            flag
            for each in context.command.params
            for flag in _flags(each.opts + each.secondary_opts)
        ]
        if given not in known:
            hint = nearest(given, known)
            wrong = f'there is no option "{shown(given)}"'
            return Problem("unknown-option", f"{wrong}{hint or f'; see `{path} --help`'}")
    message = shown(error.format_message().rstrip("."), 300)
    return Problem("usage", f"{message}; see `{path} --help`")
