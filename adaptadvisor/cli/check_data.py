"""The `check` commands on data files: leakage, labels, domain."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from adaptadvisor.cli import data
from adaptadvisor.cli.checking import Checking
from adaptadvisor.cli.ending import Ending
from adaptadvisor.cli.options import argument, option
from adaptadvisor.cli.output import not_what_is_read
from adaptadvisor.cli.progress import working
from adaptadvisor.errors import bad_input

if TYPE_CHECKING:
    from adaptadvisor.evidence.data.shapes import Names

Train = Annotated[str, argument("TRAIN", f"The training data: {data.FILES_HELP}")]
Held = Annotated[str, argument("EVAL", "The evaluation set.")]
Files = Annotated[list[str], argument("FILES", f"Labelled data: {data.FILES_HELP}")]
Sets = Annotated[list[str], argument("SETS", "Training, evaluation, production: each a set.")]
_GENERAL_HELP = "Ordinary text of the same language, to compare with."
General = Annotated[str | None, option("--general", _GENERAL_HELP, "FILE")]


def leakage(do: Checking, train: Train, evaluation: Held) -> Ending:
    """Do evaluation items stand in the training data?"""
    from adaptadvisor.evidence.data.leakage_check import check

    names = _ready(do, train, evaluation)
    with working("Reading", do.look) as told:
        rows = (data.rows_of([file], names, told) for file in (train, evaluation))
        found = check(*rows)
    return do.tell([found])


def labels(do: Checking, files: Files) -> Ending:
    """Can the labels be trusted?"""
    from adaptadvisor.evidence.data.labels import check

    names = _ready(do, *files)
    with working("Reading", do.look) as told:
        found = check(data.rows_of(files, names, told))
    return do.tell([found])


def domain(
    do: Checking, sets: Sets, *, general: General = None, tokenizer: data.Tokenizer = None
) -> Ending:
    """Is this the kind of text that a model knows, and are the sets alike?"""
    from adaptadvisor.evidence.data.domain import Bag, check
    from adaptadvisor.evidence.data.tokens import counter

    names = _ready(do, *sets, *((general,) if general is not None else ()))
    count = None if tokenizer is None else counter(tokenizer)
    with working("Reading", do.look) as told:
        own = dict(zip(_called(sets), sets, strict=True))
        bags = {name: Bag(data.rows_of([own[name]], names, told), count) for name in own}
        usual = None if general is None else Bag(data.rows_of([general], names, told), count)
        found = check(bags, usual, counted=count is not None)
    return do.tell([found])


def _called(sets: list[str]) -> list[str]:
    """What to call each set: by the end of its name, where that tells them apart."""
    ends = [Path(name).name for name in sets]
    return ends if len({*ends}) == len(ends) else sets


def _ready(do: Checking, *files: str) -> Names:
    """That the files are there, and which column is what."""
    for flag, word in (("--from", do.tool), ("--metric", do.metric)):
        if word is not None:
            raise bad_input("bad-setting", "is for results; this check reads data files", flag)
    for file in files:
        data.exists(file)
    not_what_is_read(do.target, *files)
    from adaptadvisor.evidence.data.shapes import mapping_of

    return mapping_of(f"{role}={column}" for role, column in do.mapping.items())
