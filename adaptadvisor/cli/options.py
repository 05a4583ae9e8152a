"""The options that commands share, and the decorator that gives a command an option per fact."""

from __future__ import annotations

import inspect
import os
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, fields
from functools import wraps
from typing import Annotated, Any

import typer

from adaptadvisor.cli.complete import BY_NAME
from adaptadvisor.cli.ending import Ending
from adaptadvisor.cli.output import (
    FORMATS,
    PARTS,
    PLAIN_FORMATS,
    PROBLEM_FORMATS,
    SHOW_FORMATS,
)
from adaptadvisor.cli.team import Team
from adaptadvisor.errors import bad_input, printable
from adaptadvisor.table.choices import lines_of
from adaptadvisor.table.facts import Fact, fact_flag, fact_flags, show
from adaptadvisor.table.rows import Table

FAIL_ON = ("open-needs", "not-settled", "doubtful", "disagreement", "not-yet", "near-threshold")
"""The names of `advice.findings.FINDINGS`, here because help must be quick."""
AGAINST_FAIL_ON = ("changed", "added", "gone")
PORTFOLIO_FAIL_ON = (*FAIL_ON, *AGAINST_FAIL_ON)

PANELS = {
    "Task": "task classes judgement input_tokens language_coverage prompt_result prompt_affordable"
    " main_error behaviour_shift specialisation output_schema whole_document task_changes"
    " keep_general must_abstain tried",
    "Knowledge": "private_knowledge knowledge_updates knowledge_form corpus_tokens"
    " retrieval_result citations per_user_access tenants",
    "Data": "examples rarest_class data_quality teacher grader preference_pairs domain_tokens"
    " eval_examples sensitive_data",
    "Model and hardware": "model_access model_kind model_params_b gpu_memory_gb",
    "Running it": "requests_per_day latency_ms deadline_days ml_skill stakes",
}
"""Where the help shows the option of a fact; one that is not here goes to the panel "More"."""
_PANEL_OF = {fact: panel for panel, facts in PANELS.items() for fact in facts.split()}


def _else_from_before(context: typer.Context, folder: str | None) -> str | None:
    """`--rules` may also come before the command, or from the environment: the app keeps that."""
    if folder == "":
        raise bad_input("missing-value", "needs a folder", "--rules")
    return context.obj.rules() if folder is None and isinstance(context.obj, Team) else folder


def _else_of_the_team(context: typer.Context, folder: str | None) -> str | None:
    """A decision record without a place of its own goes where the team keeps them. Options that
    were given have been read by now.
    """
    wanted = context.params.get("format") == "adr" and context.params.get("out") is None
    if folder is None and wanted and isinstance(context.obj, Team):
        return context.obj.adr_dir()
    return folder


def option(
    flags: str, help: str, metavar: str | None = None, panel: str | None = None, **more: Any
) -> object:
    """An option in a panel of the help, without a default shown."""
    words = flags.split()
    more.setdefault("autocompletion", BY_NAME.get(words[0]))
    return typer.Option(
        *words, help=help, metavar=metavar, rich_help_panel=panel, show_default=False, **more
    )


def one_of(flag: str, words: Sequence[str], help: str, panel: str | None = None) -> object:
    """An option whose value is one of these words; the command checks that it is."""

    def complete(incomplete: str) -> list[str]:
        return [word for word in words if word.startswith(incomplete)]

    return option(flag, help, " | ".join(words), panel, autocompletion=complete)


def argument(metavar: str, help: str, complete: Callable[[str], list[str]] | None = None) -> object:
    """An argument, without a default shown."""
    found = complete or BY_NAME.get(metavar)
    return typer.Argument(metavar=metavar, help=help, show_default=False, autocompletion=found)


OUTPUT = "Output"
_RULES_HELP = "A rule table of your own; ADAPTADVISOR_RULES does the same."
_SAVE_HELP = "Save the facts here, with comments that say what they mean."
_STRICT_HELP = "Exit with 4 while the plan is not settled or its evidence is thin."
_FAIL_ON_HELP = "Exit with 3 on this finding; may be repeated."
_SET_HELP = "A fact by name, such as citations=yes or examples=unknown; may be repeated."
_FORMAT_HELP = "How to show the advice (by the suffix of -o, else text)."
_ADR_HELP = "Write a decision record into this folder, under the next free number."
_DATE_HELP = "Date the report, YYYY-MM-DD or today, as SOURCE_DATE_EPOCH does; else undated."
_PLAIN_HELP = "Plain sentences for a screen reader; ADAPTADVISOR_PLAIN=1 does the same."

_ENVIRONMENT = {"envvar": "ADAPTADVISOR_RULES", "show_envvar": False}
GroupRules = Annotated[str | None, option("--rules", _RULES_HELP, "DIR", **_ENVIRONMENT)]
Rules = Annotated[str | None, option("--rules", _RULES_HELP, "DIR", callback=_else_from_before)]
Facts = Annotated[str | None, option("--facts", "A facts file, YAML or JSON; - is stdin.", "FILE")]
Settings = Annotated[list[str] | None, option("--set", _SET_HELP, "FACT=VALUE")]
Strict = Annotated[bool, option("--strict", _STRICT_HELP)]
FailOn = Annotated[list[str] | None, one_of("--fail-on", FAIL_ON, _FAIL_ON_HELP)]
Format = Annotated[str | None, one_of("--format", FORMATS, _FORMAT_HELP, OUTPUT)]
_FULL_HELP = "Everything that stands behind the answer, as text."
Full = Annotated[bool, option("--full", _FULL_HELP, panel=OUTPUT)]
_SHOW_HELP = "One part of it in full, as text; may be repeated."
Show = Annotated[list[str] | None, one_of("--show", PARTS, _SHOW_HELP, OUTPUT)]
_PLAIN_FORMAT_HELP = "How to show the answer (text)."
PlainFormat = Annotated[str | None, one_of("--format", PLAIN_FORMATS, _PLAIN_FORMAT_HELP, OUTPUT)]
_PROBLEM_FORMAT_HELP = "How to show them (by the suffix of -o, else text); github annotates."
ProblemFormat = Annotated[
    str | None, one_of("--format", PROBLEM_FORMATS, _PROBLEM_FORMAT_HELP, OUTPUT)
]
_SHOW_FORMAT_HELP = "How to show the table (text)."
ShowFormat = Annotated[str | None, one_of("--format", SHOW_FORMATS, _SHOW_FORMAT_HELP, OUTPUT)]
_OUTPUT_HELP = "Write here, whole or not at all."
Output = Annotated[str | None, option("--output -o", _OUTPUT_HELP, "FILE", OUTPUT)]
Open = Annotated[bool, option("--open", "Open the HTML page in the browser.", panel=OUTPUT)]
Force = Annotated[bool, option("--force", "Write over a file that exists.", panel=OUTPUT)]
AdrDir = Annotated[
    str | None, option("--adr-dir", _ADR_HELP, "DIR", OUTPUT, callback=_else_of_the_team)
]
Title = Annotated[str | None, option("--title", "A title for the report.", "TEXT", OUTPUT)]
Notes = Annotated[str | None, option("--notes", "Notes for the report.", "TEXT", OUTPUT)]
Date = Annotated[str | None, option("--date", _DATE_HELP, "DATE", OUTPUT)]
SaveFacts = Annotated[str | None, option("--save", _SAVE_HELP, "FILE", OUTPUT)]
NoColor = Annotated[bool, option("--no-color", "No colour; NO_COLOR does the same.", panel=OUTPUT)]
Plain = Annotated[bool, option("--plain", _PLAIN_HELP, panel=OUTPUT)]


_NO_CONFIG_HELP = (
    "Leave out the defaults in adaptadvisor.toml or pyproject.toml; so does ADAPTADVISOR_CONFIG=."
)
NoConfig = Annotated[bool, option("--no-config", _NO_CONFIG_HELP)]
"""Read before Typer reads the line (`team_of`); here so that Typer knows and shows it."""


def with_no_config(command: Callable[..., Ending]) -> Callable[..., Ending]:
    """The command with `--no-config`, of which it need not know."""

    @wraps(command)
    def without(*given: Any, no_config: bool = False, **options: Any) -> Ending:
        return command(*given, **options)

    own = inspect.signature(command, eval_str=True).parameters.values()
    kind = inspect.Parameter.KEYWORD_ONLY
    more = inspect.Parameter("no_config", kind, default=False, annotation=NoConfig)
    return with_parameters(without, [*own, more])


def with_parameters(
    command: Callable[..., Ending], parameters: Sequence[inspect.Parameter]
) -> Callable[..., Ending]:
    command.__signature__ = inspect.Signature(parameters)  # type: ignore[attr-defined]
    command.__annotations__ = {each.name: each.annotation for each in parameters}
    return command


def with_fields(said: type[Any], parameter: str) -> Callable[[Callable[..., Ending]], Any]:
    """Makes an option of each field of the dataclass `said`, whose value the command takes as its
    parameter of this name. A field is annotated as an option is, and has a default.
    """

    def turned(command: Callable[..., Ending]) -> Callable[..., Ending]:
        usual, kinds = said(), inspect.get_annotations(said, eval_str=True)
        names = [each.name for each in fields(said)]

        @wraps(command)
        def with_options(*given: Any, **options: Any) -> Ending:
            told = said(**{name: options.pop(name) for name in names})
            return command(*given, **{parameter: told}, **options)

        own = inspect.signature(command, eval_str=True).parameters.values()
        kind = inspect.Parameter.KEYWORD_ONLY
        more = [
            inspect.Parameter(one, kind, default=getattr(usual, one), annotation=kinds[one])
            for one in names
        ]
        kept = [one for one in own if one.name != parameter]
        return with_parameters(with_options, [*kept, *more])

    return turned


@dataclass(frozen=True, slots=True)
class Flags:
    """A table, the facts that were given as flags (each with the text of its value), and the
    defaults of the team.
    """

    table: Table
    words: tuple[tuple[str, str], ...]
    team: Team = field(default_factory=Team)


def one_option_per_fact(
    command: Callable[..., Ending], table: Table | None, team: Team | None = None
) -> Callable[..., Ending]:
    """Turns the first parameter of a command, its `Flags`, into an option per fact of the table.

    Typer reads the signature, so that is where the options go. Without a table the command can be
    listed, not called.
    """
    questions = sorted(table.questions, key=_panel_order) if table else []

    @wraps(command)
    def with_facts(**options: Any) -> Ending:
        if table is None:
            raise RuntimeError("a command on facts is called without a table")
        words = tuple(
            (fact.id, word if isinstance(word, str) else show(word))
            for fact in questions
            for word in options.pop(fact.id) or ()
        )
        return command(Flags(table, words, team or Team()), **options)

    _, *own = inspect.signature(command, eval_str=True).parameters.values()
    together = [*map(_fact_parameter, questions), *own]
    return with_parameters(with_facts, sorted(together, key=lambda each: each.kind))


_MANY = 5  # answers that need explaining in the help; of few the words speak for themselves
_ONE_WAY = "For one way of a plan, plan:variant, such as lora:qlora."


def _panel_order(fact: Fact) -> int:
    panel = _PANEL_OF.get(fact.id)
    return list(PANELS).index(panel) if panel else len(PANELS)


def _fact_parameter(fact: Fact) -> inspect.Parameter:
    """The option of a fact. It may be repeated, so that two values that differ can be refused; what
    a value means is not for Typer to say, so that messages are the same as for a facts file.
    """
    flag, question = fact_flag(fact.id), _literal(fact.question)
    panel = _PANEL_OF.get(fact.id, "More")
    if fact.type == "bool":
        used = option("/".join(fact_flags(fact)), question, panel=panel)
    elif fact.values:
        about = "\n".join([question, *_other_names(fact)])
        used = one_of(flag, [show(value) for value in fact.values], about, panel)
    elif fact.type == "plans":
        used = option(flag, f"{question} {_ONE_WAY}", "PLAN", panel)
    else:
        used = option(flag, question, "N" if fact.type == "integer" else "X", panel)
    kind: Any = list[bool] | None if fact.type == "bool" else list[str] | None
    return inspect.Parameter(
        fact.id, inspect.Parameter.KEYWORD_ONLY, default=None, annotation=Annotated[kind, used]
    )


def _other_names(fact: Fact) -> list[str]:
    """What each answer means, where there are many and people have names of their own for them.
    Not for a shell, which shows a line of help beside an option that it offers.
    """
    named = len(fact.choices) >= _MANY and any(choice.also for choice in fact.choices)
    if "_ADAPTADVISOR_COMPLETE" in os.environ or not named:
        return []
    return [_literal(f"- {line}") for line in lines_of(fact.choices)]


def _literal(text: str) -> str:
    """Text from a table as Rich's markup, with nothing in it that is markup."""
    return re.sub(r"(\\*)(\[[a-z#/@])", r"\1\1\\\2", printable(text))
