"""The `lab` commands: heads on one frozen encoding of one's own texts, and what that tells."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from adaptadvisor.cli import data, options, output
from adaptadvisor.cli.ending import Ending
from adaptadvisor.cli.given import facts_in, on_defaults
from adaptadvisor.cli.options import OUTPUT, argument, one_of, option
from adaptadvisor.cli.output import LAB_FORMATS, Look, Target
from adaptadvisor.cli.progress import working
from adaptadvisor.cli.team import counting
from adaptadvisor.errors import bad_input, shown
from adaptadvisor.reading.shipped import load_table
from adaptadvisor.table.given import Given
from adaptadvisor.table.rows import Table

if TYPE_CHECKING:  # so that no other command loads them
    from adaptadvisor.authoring.progress import Told
    from adaptadvisor.evidence.data.shapes import Names
    from adaptadvisor.lab.encoders import Encoder
    from adaptadvisor.lab.examples import Labelled
    from adaptadvisor.lab.kinds import Kind
    from adaptadvisor.lab.report import Lab
    from adaptadvisor.lab.run import Trained

_PANEL = "Lab"
Train = Annotated[str, argument("TRAIN", f"Labelled texts: {data.FILES_HELP}")]
_EVAL_HELP = "Labelled texts to judge by (else a third of TRAIN is held out)."
Eval = Annotated[str | None, option("--eval", _EVAL_HELP, "FILE", _PANEL)]
_HEADS_HELP = "Heads to train: centroid, logistic, ridge, neighbours, with commas (all)."
Heads = Annotated[str | None, option("--heads", _HEADS_HELP, "NAMES", _PANEL)]
_ENCODER_HELP = "minilm, wordllama (fast), or an ONNX file or folder with tokenizer.json (minilm)."
EncoderName = Annotated[str | None, option("--encoder", _ENCODER_HELP, "NAME", _PANEL)]
_TEXT_HELP = "The column of the text; several with commas are put together."
Text = Annotated[str | None, option("--text", _TEXT_HELP, "COLUMN", _PANEL)]
_LABEL_HELP = "The column of the label; several with commas are several heads."
Label = Annotated[str | None, option("--label", _LABEL_HELP, "COLUMN", _PANEL)]
_SEED_HELP = "Of all draws (1); the same seed gives the same answer."
Seed = Annotated[int, option("--seed", _SEED_HELP, "N", _PANEL, min=0, max=10**9)]
_BAR_HELP = "Percent of right answers that is good enough, such as 90."
Bar = Annotated[float | None, option("--bar", _BAR_HELP, "PERCENT", _PANEL, min=1.01, max=100)]
_CACHE_HELP = "Keep encodings here, by a hash of each text (a cache folder of yours)."
Cache = Annotated[str | None, option("--cache", _CACHE_HELP, "DIR", _PANEL)]
_NO_CACHE_HELP = "Keep no encodings."
NoCache = Annotated[bool, option("--no-cache", _NO_CACHE_HELP, panel=_PANEL)]
_SAVE_HELP = "Save the chosen head, all answers and the facts in this new folder."
Save = Annotated[str | None, option("--save", _SAVE_HELP, "DIR", OUTPUT)]
_FORMAT_HELP = "How to show it (by the suffix of -o, else text)."
Format = Annotated[str | None, one_of("--format -f", LAB_FORMATS, _FORMAT_HELP, OUTPUT)]
Saved = Annotated[str, argument("DIR", "The folder that `lab run --save` wrote.")]
Asked = Annotated[str, argument("FILE", f"Texts to label: {data.FILES_HELP} - is stdin.")]
_KEEP_HELP = "A column to carry along, such as text; several with commas."
Keep = Annotated[str | None, option("--keep", _KEEP_HELP, "COLUMN", _PANEL)]


def run(
    context: typer.Context,
    train: Train,
    *,
    evaluation: Eval = None,
    text: Text = None,
    label: Label = None,
    heads: Heads = None,
    encoder: EncoderName = None,
    seed: Seed = 1,
    bar: Bar = None,
    cache: Cache = None,
    no_cache: NoCache = False,
    facts_file: options.Facts = None,
    rules: options.Rules = None,
    save: Save = None,
    format: Format = None,
    out: options.Output = None,
    force: options.Force = False,
    no_color: options.NoColor = False,
    plain: options.Plain = False,
) -> Ending:
    """Train small heads on your labelled texts, offline: what they reach, and what more would do.

    A pretrained encoder turns each text into a vector once and is never changed; heads are trained
    on the vectors and compared with keywords and TF-IDF.
    """
    target = output.target(format, out, formats=LAB_FORMATS, force=force)
    folder = None if save is None else _new_folder(save, force=force)
    _ready(target, train, evaluation, facts_file, rules)
    table = load_table(rules)
    given = Given({}) if facts_file is None else facts_in(table, facts_file, "--facts")
    places = dict.fromkeys(given.answers, facts_file or "")
    given = on_defaults(counting(context), table, given, places)
    work = _Work(
        train=train,
        evaluation=evaluation,
        text=_listed(text, "--text"),
        labels=_listed(label, "--label"),
        kinds=_kinds(heads),
        seed=seed,
        bar=bar,
        folder=_cache(cache, no_cache=no_cache),
        look=Look(no_color, plain),
    )
    found = work.done(_encoder(encoder), table, given)
    if folder is not None:
        _keep(folder, found, work, encoder, table, given, force=force)
    _tell(found.lab, table, target, work.look, save)
    return Ending()


def _ready(target: Target, *files: str | None) -> None:
    """That what is read is there, is not written over, and that the lab is installed."""
    from adaptadvisor.lab.extra import needs_lab

    for file in files[:2]:
        if file is not None:
            data.exists(file)
    output.not_what_is_read(target, *files)
    needs_lab()


def _tell(lab: Lab, table: Table, target: Target, look: Look, saved: str | None) -> None:
    from adaptadvisor.render.lab import render

    output.write(render(lab, table, target.format, saved=saved, **look.on(target)), target)
    for note in lab.notes if target.format == "text" else ():
        output.say(f"note: {note}")


def predict(
    folder: Saved,
    file: Asked,
    *,
    text: Text = None,
    keep: Keep = None,
    encoder: EncoderName = None,
    out: options.Output = None,
    force: options.Force = False,
    no_color: options.NoColor = False,
    plain: options.Plain = False,
) -> Ending:
    """Label texts with a head that `lab run --save` kept, as JSON lines.

    A label is sure where its confidence reaches the threshold of the head; send others to a person.
    """
    target = output.target(None, out, formats=("jsonl",), force=force)
    data.exists(folder)
    _ready(target, None if file == "-" else file)
    from adaptadvisor.lab.kept import load
    from adaptadvisor.lab.predict import keeping, predictions

    saved, look = load(Path(folder)), Look(no_color, plain)
    found = _encoder(encoder or saved.encoder)
    if found.version != saved.version:
        wrong = f"the head was trained on {saved.encoder} {saved.version}, and this is"
        right = "give the same encoder with --encoder"
        message = f"{wrong} {found.name} {found.version}; {right}"
        raise bad_input("other-encoder", message, "--encoder")
    names = _names(_listed(text, "--text") or saved.text, None)
    with data.on_disk(file) as path, working("Reading", look) as told:
        rows = keeping(data.records_of(path, names, told), saved, _listed(keep, "--keep"))
        output.write_lines(predictions(saved, found, rows), target)
    return Ending()


@dataclass(frozen=True, slots=True)
class _Found:
    """What a run found, and what is behind it."""

    lab: Lab
    trained: tuple[Trained, ...]
    encoder: Encoder


@dataclass(frozen=True, slots=True, kw_only=True)
class _Work:
    """A run as the command line asks for it."""

    train: str
    evaluation: str | None
    text: tuple[str, ...]
    labels: tuple[str, ...]
    kinds: tuple[Kind, ...]
    seed: int
    bar: float | None
    folder: Path | None
    look: Look

    def done(self, encoder: Encoder, table: Table, given: Given) -> _Found:
        """Reads the files, runs, and asks the table what that does to the plan."""
        from adaptadvisor.evidence.checks.compare import usual_margin
        from adaptadvisor.evidence.data.seen import facts
        from adaptadvisor.lab.examples import sets
        from adaptadvisor.lab.facts import of_chosen, plan
        from adaptadvisor.lab.report import SCHEMA, Lab
        from adaptadvisor.lab.run import Settings, run

        margin = usual_margin(given.answers)
        with working("Reading", self.look) as told:
            train = self._labelled(self.train, told)
            other = None if self.evaluation is None else self._labelled(self.evaluation, told)
            parts = sets(train, other, self.seed)
            settings = Settings(self.kinds, self.folder, self.seed, margin)
            used, tasks = run(parts, self.labels or ("label",), encoder, settings, told)
        others = [] if self.evaluation is None else [self.evaluation]
        seen = facts(data.profiled([self.train], others, [], None, self._roles(), self.look), table)
        first, trained = tasks[0]
        outcomes = of_chosen(first, trained.outcomes)
        reached, differ = plan(table, given.answers, seen, outcomes, bar=self.bar, margin=margin)
        lab = Lab(
            schema=SCHEMA,
            encoder=used,
            held_out=parts.held_out,
            seed=self.seed,
            bar=self.bar,
            tasks=tuple(task for task, _ in tasks),
            plan=reached,
            notes=(*parts.notes, *differ),
        )
        return _Found(lab, tuple(each for _, each in tasks), encoder)

    def _labelled(self, file: str, told: Told) -> Labelled:
        from adaptadvisor.lab.examples import labelled

        columns = [
            data.rows_of([file], _names(self.text, label), told) for label in self.labels or (None,)
        ]
        return labelled(file, columns, self.seed)

    def _roles(self) -> list[str]:
        """The columns as --map names them."""
        return [
            *(f"text={each}" for each in self.text),
            *(f"label={one}" for one in self.labels[:1]),
        ]


def _names(text: Sequence[str], label: str | None) -> Names:
    return {
        **({"text": tuple(text)} if text else {}),
        **({"label": (label,)} if label is not None else {}),
    }


def _listed(words: str | None, flag: str) -> tuple[str, ...]:
    """Names with commas between; `BadInput` where one is empty or there twice."""
    if words is None:
        return ()
    found = tuple(word.strip() for word in words.split(","))
    if not all(found):
        raise bad_input("missing-value", "needs the name of a column", flag)
    if len({*found}) < len(found):
        raise bad_input("given-twice", f'"{shown(words)}" names a column twice', flag)
    return found


def _kinds(words: str | None) -> tuple[Kind, ...]:
    from adaptadvisor.lab.kinds import KINDS

    named = _listed(words, "--heads") or tuple(KINDS)
    for word in named:
        output.chosen("--heads", word, tuple(KINDS))
    return tuple(kind for kind in KINDS if kind in named)


def _encoder(name: str | None) -> Encoder:
    from adaptadvisor.lab.encoders import NAMES, encoder, usual_encoder

    if name is None:
        found = usual_encoder()
        if found.name != NAMES[0]:
            output.say(f"note: {NAMES[0]} is not installed, so {found.name} encodes the texts")
        return found
    return encoder(name)


def _cache(folder: str | None, *, no_cache: bool) -> Path | None:
    from adaptadvisor.lab.cache import usual_folder

    if no_cache:
        if folder is not None:
            raise bad_input("bad-setting", "does not go with --no-cache", "--cache")
        return None
    return usual_folder() if folder is None else output.new_folder(folder, "--cache")


def _new_folder(name: str, *, force: bool) -> Path:
    folder = output.new_folder(name, "--save")
    if folder.exists() and any(folder.iterdir()) and not force:
        raise output.exists(name, "--save")
    return folder


def _keep(
    folder: Path,
    found: _Found,
    work: _Work,
    name: str | None,
    table: Table,
    given: Given,
    *,
    force: bool,
) -> None:
    """Writes the heads, every answer and the facts, all or nothing."""
    from adaptadvisor.files import folder_written_whole
    from adaptadvisor.lab.encoders import NAMES
    from adaptadvisor.lab.facts import results
    from adaptadvisor.lab.kept import save
    from adaptadvisor.reading.facts_file import written

    own = name is not None and name not in NAMES
    called = str(Path(name or "").resolve()) if own else found.encoder.name
    known = replace(given, answers={**given.answers, **found.lab.plan.facts})
    try:
        with folder_written_whole(folder, over=force) as draft:
            save(draft, found.trained, found.encoder, called, work.text)
            for number, each in enumerate(found.trained, 1):
                file = "results.jsonl" if number == 1 else f"results-{number}.jsonl"
                (draft / file).write_text("".join(results(each.outcomes)), encoding="utf-8")
            (draft / "facts.yaml").write_text(written(table, known), encoding="utf-8")
    except FileExistsError:
        raise output.exists(folder, "--save") from None
    output.wrote(folder, "the head, its answers and the facts")
