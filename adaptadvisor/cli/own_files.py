"""Somebody's own files for `start`: that they can be read, and which of their columns is what."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from adaptadvisor.errors import BadInput, bad_input, one_of, shown

if TYPE_CHECKING:
    from adaptadvisor.evidence.data.shapes import Shape
    from adaptadvisor.starter.given import Columns, Own

READ = (".jsonl", ".ndjson", ".json", ".csv", ".tsv")
"""Endings of the files that the scripts of a folder read without a package."""


class Named(NamedTuple):
    """The files and columns that a command line names."""

    train: str | None = None
    evaluation: str | None = None
    corpus: str | None = None
    text: tuple[str, ...] = ()
    label: str | None = None
    task: str = ""

    @property
    def roles(self) -> Mapping[str, tuple[str, ...]]:
        """Columns by their role in data files."""
        answer = "label" if self.task in ("", "label") else "output"
        found = {"text": self.text, answer: (self.label,) if self.label else ()}
        return {role: columns for role, columns in found.items() if columns}

    @property
    def mapped(self) -> tuple[str, ...]:
        """The same in the words of --map."""
        return tuple(f"{role}={one}" for role, some in self.roles.items() for one in some)

    def read(self, place: Path) -> Own:
        """The files as a folder at `place` sees them, with their columns; `BadInput` for a file
        that is not there or cannot be read there, and for a column that it has not.
        """
        from adaptadvisor.starter.given import Own

        for word in filter(None, (self.train, self.evaluation, self.corpus, *self.mapped)):
            if not word.isprintable():
                wrong = f"{shown(word, 300)} holds characters that no script can name"
                raise bad_input("control-character", f"{wrong}; call it otherwise", "start")
        shapes = {
            flag: self._shape(name, flag)
            for flag, name in (("--train", self.train), ("--eval", self.evaluation))
            if name is not None
        }
        if self.corpus is not None and not os.path.isdir(self.corpus):  # noqa: PTH112 - long names
            wrong = f"{shown(self.corpus, 300)} is no folder of documents"
            raise bad_input("not-a-folder", wrong, "--corpus")
        shape = next(iter(shapes.values()), None)
        labels = self.task == "label" or (
            not self.task and bool(shape is None or shape.label or self.label)
        )
        columns = {flag: self._columns(one, flag, labels=labels) for flag, one in shapes.items()}
        if len({(one.text, one.answer, one.chat) for one in columns.values()}) > 1:
            wrong = "its columns are called otherwise than those of --train; give both the same"
            raise bad_input("unknown-column", wrong, "--eval")
        seen = {
            name: _from(place, path)
            for name in ("train", "evaluation", "corpus")
            if (path := getattr(self, name)) is not None
        }
        first = next(iter(columns.values()), None) or self._unseen(labels=labels)
        chats = bool(first.chat)
        own = Own(columns=first, mapped=self.mapped, labels_only=labels and not chats)
        return replace(
            own,
            train=seen.get("train", own.train),
            evaluation=seen.get("evaluation", own.evaluation),
            corpus=seen.get("corpus", own.corpus),
            stated=frozenset(seen),
        )

    def _shape(self, name: str, flag: str) -> Shape:
        from adaptadvisor.evidence.data.rows import shape_in

        if not name:
            raise bad_input("missing-value", "needs a file name", flag)
        if not name.lower().endswith(READ):
            right = f"save it as one of {one_of(READ)}"
            wrong = f"the scripts of the folder cannot read {shown(name, 300)}; {right}"
            raise bad_input("unknown-suffix", wrong, flag)
        try:
            return shape_in(name, self.roles)
        except BadInput as error:
            problem = error.problems[0]
            if problem.code != "unknown-columns":
                raise
            what = problem.message.partition(";")[0]
            right = "name it: --text COL (and --label COL)"
            raise bad_input(problem.code, f"{what}; {right}", problem.location) from None

    def _columns(self, shape: Shape, flag: str, *, labels: bool) -> Columns:
        from adaptadvisor.starter.given import Columns

        known = [self.label or "", shape.label if labels else "", *shape.output, shape.label]
        answer = next(filter(None, [*known, shape.chosen]), "")
        if not (answer or shape.chat):
            wrong = "no column of the label or the wanted answer is known in it; name it"
            raise bad_input("unknown-columns", f"{wrong}: --label COL", flag)
        return Columns(
            text=shape.text,
            answer="" if shape.chat else answer,
            chat=shape.chat,
            item=shape.item,
            chosen=shape.chosen,
            rejected=shape.rejected,
        )

    def _unseen(self, *, labels: bool) -> Columns:
        """The columns of files that are yet to come."""
        from adaptadvisor.starter.given import Columns

        answer = self.label or ("label" if labels else "answer")
        return Columns(text=self.text or ("text",), answer=answer)


def _from(place: Path, path: str) -> str:
    """A path as seen from a folder, with slashes; whole where there is no way between them."""
    try:
        found = os.path.relpath(os.path.realpath(path), os.path.realpath(place))
    except ValueError:  # another drive
        found = os.path.realpath(path)
    return Path(found).as_posix()
