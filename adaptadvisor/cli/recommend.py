"""The commands that give advice or explain it: recommend, report, what-if, explain, schema."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Annotated

import typer

from adaptadvisor.advice.recommendation import Recommendation
from adaptadvisor.cli import data, options, output, prices
from adaptadvisor.cli.ending import Ending
from adaptadvisor.cli.given import gather, on_defaults, plan_given, text_of, with_text
from adaptadvisor.cli.options import FAIL_ON, Flags, argument, option
from adaptadvisor.cli.output import FORMATS, PARTS, Look, Target, chosen, each_chosen
from adaptadvisor.cli.team import counting
from adaptadvisor.errors import bad_input, one_of
from adaptadvisor.reading.shipped import load_table
from adaptadvisor.table.given import Given
from adaptadvisor.table.plans import APPROACHES
from adaptadvisor.table.rows import Table
from adaptadvisor.table.speech import plan_words


@prices.with_prices
def recommend(
    flags: Flags,
    *,
    told: prices.Said,
    facts_file: options.Facts = None,
    settings: options.Settings = None,
    data_files: data.Data = None,
    evaluation: data.Eval = None,
    corpus: data.Corpus = None,
    names: data.Map = None,
    rules: options.Rules = None,
    strict: options.Strict = False,
    fail_on: options.FailOn = None,
    full: options.Full = False,
    parts: options.Show = None,
    format: options.Format = None,
    out: options.Output = None,
    opens: options.Open = False,
    force: options.Force = False,
    adr_dir: options.AdrDir = None,
    title: options.Title = None,
    notes: options.Notes = None,
    date: options.Date = None,
    save: options.SaveFacts = None,
    no_color: options.NoColor = False,
    plain: options.Plain = False,
) -> Ending:
    """The plan for a situation given by flags or a facts file.

    Numbers may be ranges: 500..5k, 1k+, hundreds.
    """
    target = output.target(format, out, formats=FORMATS, adr_dir=adr_dir, force=force, opens=opens)
    output.not_what_is_read(target, facts_file, rules)
    day = output.dated(date)
    each_chosen("--fail-on", fail_on, FAIL_ON)
    given = gather(flags, facts_file, settings, title=title, notes=notes)
    files = data.Files(data_files or (), evaluation or (), corpus or (), names or ())
    given = data.with_data(flags.table, given, files, target, Look(no_color, plain))
    priced = told.priced(flags.table, target, facts_file)
    given, priced = prices.with_budget(priced, given)
    save_to = None if save is None else output.new_file(save, "--save", force=force)
    output.not_the_same(target.path, save_to, "--save", "the facts and the report")
    advice = prices.with_bills(priced, advised(flags.table, given, day))
    _saved(flags.table, given, save_to, force=force)
    show(advice, target, Look(no_color, plain), parts_of(full, parts, target))
    return _ending(flags.table, advice, fail_on or (), strict=strict)


def _saved(table: Table, given: Given, save_to: Path | None, *, force: bool) -> None:
    if save_to:
        from adaptadvisor.reading.facts_file import written

        output.write_file(written(table, given), save_to, force=force, flag="--save")


def _ending(
    table: Table, advice: Recommendation, fail_on: Sequence[str], *, strict: bool
) -> Ending:
    if not fail_on and not strict:
        return Ending()
    from adaptadvisor.cli import stopping

    return stopping.of_one(table, advice.facts, fail_on, strict=strict)


def advised(table: Table, given: Given, date: str) -> Recommendation:
    """The advice on what was given."""
    from adaptadvisor.advice.advise import advise

    return advise(table, given.facts, title=given.title, notes=given.notes, date=date)


def parts_of(full: bool, parts: Sequence[str] | None, target: Target) -> tuple[str, ...]:
    """The parts of the text that are asked for; none is the short answer."""
    each_chosen("--show", parts, PARTS)
    if target.format != "text" and (full or parts):
        flag = "--full" if full else "--show"
        raise bad_input("bad-setting", "is for text alone; the other formats hold everything", flag)
    return ("everything",) if full else tuple(parts or ())


def show(advice: Recommendation, target: Target, look: Look, parts: tuple[str, ...] = ()) -> None:
    """Writes the advice in the form that was asked for."""
    from adaptadvisor.render import formats

    face, drawn = look.on(target), look.draws(target)
    text = formats.render(advice, target.format, parts=parts, drawn=drawn, **face)
    if drawn and not parts and target.format == "text" and output.scrolls(text):
        text += f"Plan: {plan_words(advice.plan)}. {advice.headline}\n"
    if target.records is None:
        output.write(text, target, paged=bool(parts))
    else:
        output.write_record(text, target.records, formats.title(advice))


_DOCUMENT_HELP = "A facts file, or a recommendation as JSON; - is stdin."
Document = Annotated[str, argument("FACTS-OR-RECOMMENDATION", _DOCUMENT_HELP)]


def report(
    context: typer.Context,
    document: Document,
    *,
    rules: options.Rules = None,
    full: options.Full = False,
    parts: options.Show = None,
    format: options.Format = None,
    out: options.Output = None,
    opens: options.Open = False,
    force: options.Force = False,
    adr_dir: options.AdrDir = None,
    title: options.Title = None,
    notes: options.Notes = None,
    date: options.Date = None,
    no_color: options.NoColor = False,
    plain: options.Plain = False,
) -> Ending:
    """A stored recommendation, or the advice for a facts file, in another form."""
    from adaptadvisor.advice import stored

    target = output.target(format, out, formats=FORMATS, adr_dir=adr_dir, force=force, opens=opens)
    output.not_what_is_read(target, document, rules)
    day = output.dated(date)
    name = "stdin" if document == "-" else document
    text = text_of(document, "report")
    if stored.is_document(text):
        advice = stored.read(text, name)
        own = with_text(Given({}, advice.title, advice.notes), title, notes)
        day = advice.date if date is None else day
        advice = replace(advice, title=own.title, notes=own.notes, date=day)
    else:
        from adaptadvisor.reading import facts_file

        table = load_table(rules)
        known = facts_file.read(text, name, table)
        known = on_defaults(counting(context), table, known, dict.fromkeys(known.answers, name))
        given = with_text(known, title, notes)
        advice = advised(table, given, day)
    show(advice, target, Look(no_color, plain), parts_of(full, parts, target))
    return Ending()


_TO_HELP = "The plan that you want, such as lora or rag+lora."
To = Annotated[str | None, option("--to", _TO_HELP, "PLAN")]


def what_if(
    flags: Flags,
    *,
    to: To = None,
    facts_file: options.Facts = None,
    settings: options.Settings = None,
    rules: options.Rules = None,
    format: options.PlainFormat = None,
    out: options.Output = None,
    force: options.Force = False,
    no_color: options.NoColor = False,
    plain: options.Plain = False,
) -> Ending:
    """The smallest changes that make another plan the cheapest reliable one."""
    from adaptadvisor.advice import what_if
    from adaptadvisor.render import as_json
    from adaptadvisor.render import what_if as as_text

    target = output.target(format, out, force=force)
    output.not_what_is_read(target, facts_file, rules)
    if not to:
        choices = f"one or more of {', '.join(APPROACHES)}, joined by +"
        raise bad_input("missing-value", f"needs a plan: {choices}", "--to")
    wanted = plan_given(to, "--to")
    found = what_if.what_if(flags.table, gather(flags, facts_file, settings).facts, wanted)
    if target.format == "json":
        output.write(as_json.render(found), target)
    else:
        output.write(as_text.render(found, flags.table, **Look(no_color, plain).on(target)), target)
    return Ending()


_WHAT_HELP = "A row, a fact, an approach, a variant, a failure mode, a topic."
What = Annotated[list[str], argument("WHAT", _WHAT_HELP)]


def explain(
    what: What, *, rules: options.Rules = None, no_color: options.NoColor = False
) -> Ending:
    """What a row, a fact, an approach or a word of the field means."""
    from adaptadvisor.render.authoring import explain

    target = Target("text")
    face = Look(no_color).on(target)
    text = explain.render(load_table(rules), " ".join(what), face["width"], colour=face["colour"])
    output.write(text, target)
    return Ending()


def _documents(incomplete: str = "") -> list[str]:
    from adaptadvisor.costs.schema import DOCUMENTS as COSTS
    from adaptadvisor.evidence.schema import DOCUMENTS
    from adaptadvisor.lab.schema import DOCUMENTS as LAB

    return [name for name in (*DOCUMENTS, *COSTS, *LAB) if name.startswith(incomplete)]


_NAME_HELP = "Which document; without a name you are told which."
Name = Annotated[str | None, argument("NAME", _NAME_HELP, _documents)]


def schema(
    name: Name = None,
    *,
    rules: options.Rules = None,
    out: options.Output = None,
    force: options.Force = False,
) -> Ending:
    """The JSON Schema of a document."""
    from adaptadvisor.costs import schema as costs
    from adaptadvisor.evidence import schema
    from adaptadvisor.lab import schema as lab

    if name is None:
        raise bad_input("missing-value", f"needs a name: {one_of(_documents())}", "schema")
    chosen("schema", name, _documents())
    target = output.target("json", out, formats=("json",), force=force)
    rooms = (costs, lab, schema)
    render = next(room.render for room in rooms if name in room.DOCUMENTS)
    output.write(render(load_table(rules), name), target)
    return Ending()
