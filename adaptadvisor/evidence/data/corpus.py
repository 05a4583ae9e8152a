"""How large a body of documents is: files, and tokens in those that are text."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from adaptadvisor.errors import bad_input
from adaptadvisor.evidence.data.rows import TABLES, TEXTS, files_in, read_rows, text_of
from adaptadvisor.evidence.data.shapes import Names
from adaptadvisor.evidence.data.tokens import Count, estimate


@dataclass(frozen=True, slots=True, kw_only=True)
class Corpus:
    """The documents that were read; the number of files by suffix that were not."""

    files: int
    tokens: int
    unread: Mapping[str, int]


def corpus_of(
    folders: Iterable[str | Path], count: Count | None = None, names: Names | None = None
) -> Corpus:
    """The size of all documents in folders (or files). Of a table the texts of its rows count."""
    measure, files, tokens = count or estimate, 0, 0
    unread: Counter[str] = Counter()
    for folder in map(Path, folders):
        if not folder.exists():
            raise bad_input("missing-file", "no such file or folder", str(folder))
        for path in files_in(folder) if folder.is_dir() else (folder,):
            suffix = path.suffix.lower()
            if suffix in TEXTS:
                tokens += measure(text_of(path))
            elif suffix in TABLES:
                for row in read_rows(path, names):
                    tokens += measure(row.text) + measure(row.output)
            else:
                unread[suffix or "without a suffix"] += 1
                continue
            files += 1
    return Corpus(files=files, tokens=tokens, unread=dict(sorted(unread.items())))
