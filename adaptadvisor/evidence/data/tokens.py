"""How many tokens a text has: an estimate by its letters, or a count by one's own tokenizer."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

from adaptadvisor.errors import bad_input, shown
from adaptadvisor.evidence.data.rows import EXTRA
from adaptadvisor.evidence.data.words import NO_BLANKS
from adaptadvisor.files import readable

Count = Callable[[str], int]

LATIN = 4
"""Characters of a token in Latin script, as units of the rule table say of characters."""
OTHER = 2
"""Characters of a token in Cyrillic, Greek, Arabic, Hebrew, Indian and Korean: a rough default."""
RULE = (
    "an estimate by characters: 4 a token in Latin script, 2 in other alphabets, 1 in Chinese, "
    "Japanese and Thai (rough defaults; --tokenizer counts exactly)"
)
_OTHER_LETTERS = re.compile("[\u0370-\u0dff\u0f00-\u0fff\u10a0-\u16ff\uac00-\ud7af]")


def estimate(text: str) -> int:
    """About how many tokens; at least one where there is any text.

    >>> estimate("four"), estimate("привет"), estimate("你好"), estimate("")
    (1, 3, 2, 0)
    """
    if text.isascii():
        return -(-len(text) // LATIN)
    single, other = len(NO_BLANKS.findall(text)), len(_OTHER_LETTERS.findall(text))
    latin = len(text) - single - other
    return single + -(-other // OTHER) + -(-latin // LATIN)


def counter(tokenizer: str) -> Count:
    """What counts by a `tokenizer.json`; `BadInput` where that is none."""
    try:
        from tokenizers import Tokenizer
    except ImportError:
        message = f"exact counts need tokenizers; install it with: {EXTRA}"
        raise bad_input("missing-extra", message, "--tokenizer") from None
    with readable(tokenizer):
        text = Path(tokenizer).read_bytes()
    try:
        found = Tokenizer.from_buffer(text)
        found.no_truncation()
    except Exception as error:  # noqa: BLE001 - the library raises bare exceptions
        message = f"this is no tokenizer.json: {shown(error, 100)}"
        raise bad_input("unknown-format", message, tokenizer) from None

    def count(text: str) -> int:
        clean = text.encode("utf-8", "replace").decode()
        return len(found.encode(clean, add_special_tokens=False).ids)

    return count
