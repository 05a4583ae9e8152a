"""The command `profile`: what is in one's own data, and which facts it sets."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

from adaptadvisor.cli import data, options, output
from adaptadvisor.cli.data import FILES_HELP, PANEL
from adaptadvisor.cli.ending import Ending
from adaptadvisor.cli.options import argument, option
from adaptadvisor.cli.output import Look
from adaptadvisor.reading.shipped import load_table
from adaptadvisor.table.given import Given

if TYPE_CHECKING:
    from adaptadvisor.evidence.data.profile import Profile
    from adaptadvisor.render.profile import Content

_CONTENT_HELP = "Show names of classes and beginnings of texts; without it no content is shown."
Files = Annotated[list[str], argument("FILES", f"Your examples: {FILES_HELP}")]
ShowContent = Annotated[bool, option("--show-content", _CONTENT_HELP, panel=PANEL)]
_MOST_TEXT = 200


def profile(
    files: Files,
    *,
    evaluation: data.Eval = None,
    corpus: data.Corpus = None,
    tokenizer: data.Tokenizer = None,
    names: data.Map = None,
    content: ShowContent = False,
    rules: options.Rules = None,
    format: options.PlainFormat = None,
    out: options.Output = None,
    force: options.Force = False,
    save: options.SaveFacts = None,
    no_color: options.NoColor = False,
    plain: options.Plain = False,
) -> Ending:
    """What is in your data: how much, how clean, how long, and which facts that sets."""
    from adaptadvisor.evidence.data.seen import facts
    from adaptadvisor.render import profile as shows

    target = output.target(format, out, force=force)
    save_to = None if save is None else output.new_file(save, "--save", force=force)
    output.not_the_same(target.path, save_to, "--save", "the facts and the profile")
    read = (*files, *(evaluation or ()), *(corpus or ()), tokenizer, rules)
    output.not_what_is_read(target, *read)
    for name in read if save_to else ():
        output.not_the_same(save_to, name, "--save", "the facts and what they are read from")
    table, look = load_table(rules), Look(no_color, plain)
    found = data.profiled(files, evaluation or (), corpus or (), tokenizer, names or (), look)
    seen = facts(found, table)
    shown = _content(found, files, names or ()) if content else None
    if save_to:
        from adaptadvisor.reading.facts_file import written

        text = written(table, Given({fact: each.value for fact, each in seen.items()}))
        output.write_file(text, save_to, force=force, flag="--save")
    if target.format == "json":
        output.write(shows.as_json(found, seen, shown), target)
    else:
        face = look.on(target)
        output.write(shows.as_text(found, seen, table, content=shown, **face), target)
    return Ending()


def _content(found: Profile, files: list[str], names: list[str] | tuple[str, ...]) -> Content:
    """The beginnings of the texts at the places that a page shows: read once more, as a profile
    keeps none of them.
    """
    from adaptadvisor.authoring.progress import silent
    from adaptadvisor.evidence.data.shapes import mapping_of
    from adaptadvisor.render.profile import Content, shown_places

    wanted = set(shown_places(found))
    rows = data.rows_of(files, mapping_of(names), silent) if wanted else ()
    return Content(
        {
            (row.file, row.line): row.text[:_MOST_TEXT]
            for row in rows
            if (row.file, row.line) in wanted
        }
    )
