"""Lines in and out of a conversation: everything wrapped, nothing that only colour says."""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from enum import Enum
from typing import TextIO

from adaptadvisor.errors import printable
from adaptadvisor.page import Page

MOST_READ = 10_000
"""Characters in a line of answers; a device may send a line without an end."""

YES, NO = ("y", "yes"), ("n", "no", "")
HELP = (
    "u: I don't know. ? or why: why we ask. < or back: to the question before. done: finish with"
    " what is known. quit or Ctrl-C: save and stop. what is LoRA?: explains a word. Anything else"
    " you know, such as examples 1200, can be told at any question."
)
_ASKS = re.compile(
    r"(?:(?:what(?:'s| is| are| does)|explain)\s+(?:an? |the )?)(.+?)(?: mean| stand for)?[?\s]*",
    re.IGNORECASE,
)
"""Asks for a word; without a question mark only a short line does."""
_FEW_WORDS = 3


class StoppedError(Exception):
    """The person left, the input ended, or (a `misfit`) a line from a pipe fits no question."""

    def __init__(self, why: str = "interrupted", *, misfit: bool = False) -> None:
        self.misfit = misfit
        super().__init__(why)


class Command(Enum):
    """What works at every prompt, in its spellings; and what a prompt came to that has none."""

    BACK = ("<", "back")
    WHY = ("?", "why", "help")
    FINISH = ("done",)
    QUIT = ("quit", "exit")
    MORE = ("go on asking",)
    TOLD = ("other facts were told",)


def command(line: str) -> Command | None:
    """The command that a line is, if it is one."""
    word = line.lower().rstrip(".!")
    typed = (each for each in Command if each not in (Command.MORE, Command.TOLD))
    return next((each for each in typed if word in each.value), None)


class Console:
    """Says things on one stream and reads answers, a line each, from another."""

    def __init__(
        self, source: TextIO, talk: TextIO, *, width: int, colour: bool, plain: bool
    ) -> None:
        self.source = source
        self.talk = talk
        self.width = width
        self.colour = colour
        self.plain = plain
        self.lines_read = 0
        self.kept = ""
        self.explain: Callable[[str], str] | None = None

    def say(
        self,
        text: str,
        *,
        mark: str = "",
        indent: int = 0,
        before: bool = False,
        bold: bool = False,
    ) -> None:
        """A paragraph, a mark before it."""
        page = Page(self.width, colour=self.colour and bold)
        if bold:
            page.title(text)
        else:
            page.say(text, indent, mark=f"{mark} " if mark else "")
        self.talk.write(("\n" if before else "") + page.text())
        self.talk.flush()

    def item(self, number: int | None, word: str, text: str) -> None:
        """An item of a list, numbered where it can be chosen by number."""
        self.say(text, mark=f"{f'{number}. ' if number else ''}{word}:", indent=2)

    def step(self, number: int, fewest: float, most: float) -> str:
        """`[4 of about 6 to 9]`, where it may be the last `[6 of at most 9]`; a sentence where
        brackets say nothing.
        """
        step = f"{number}"
        if number < fewest < most < math.inf:
            step += f" of about {fewest:.0f} to {most:.0f}"
        elif number <= most < math.inf:
            step += f" of at most {most:.0f}" if number < most else f" of {most:.0f}"
        return f"Question {step}." if self.plain else f"[{step}]"

    @property
    def is_terminal(self) -> bool:
        """Whether somebody can be asked back; a line from a pipe answers the next question."""
        return self.source.isatty()

    def wrong(self, message: str) -> None:
        """Says what is wrong with a line; from a pipe the next one answers another question."""
        if not self.source.isatty():
            raise self._misfit(message)
        self.say(message if message.endswith(("?", ".")) else f"{message}.")

    def read(self, prompt: str, *, optional: bool = False) -> str:
        """One line; where input ends, an optional answer is an empty one. A word that somebody asks
        for is explained, and the line is read again.
        """
        while True:
            line = self._line(prompt, optional=optional)
            asked = _ASKS.fullmatch(line)
            short = line.endswith("?") or len(line.split()) <= _FEW_WORDS
            if not (asked and short and self.explain and self.is_terminal):
                return line
            self.talk.write(f"{printable(self.explain(asked[1])).rstrip()}\n")

    def _line(self, prompt: str, *, optional: bool) -> str:
        if self.kept:
            line, self.kept = self.kept, ""
            if command(line) is Command.QUIT:
                raise StoppedError
            return line
        page = Page(self.width - 1, colour=False)
        page.say(prompt)
        self.talk.write(f"{page.text().rstrip()} ")
        self.talk.flush()
        try:
            line = self.source.readline(MOST_READ + 1)
        except KeyboardInterrupt:
            self.talk.write("\n")
            raise StoppedError from None
        except UnicodeDecodeError:
            return "\ufffd"
        self.lines_read += 1
        if not self.source.isatty():
            self.talk.write(f"{printable(line.strip())}\n")  # a terminal has shown it already
        elif not line:
            self.talk.write("\n")
        if not line and not optional:
            raise StoppedError("interrupted" if self.source.isatty() else "the input has ended")
        if len(line) > MOST_READ:
            raise self._misfit(f"a line holds at most {MOST_READ:,} characters")
        line = line.strip().removeprefix("\ufeff").replace("\u2019", "'")
        if command(line) is Command.QUIT:
            raise StoppedError
        return line

    def again(self, line: str) -> None:
        """Keeps a line for the next prompt, whose answer it is."""
        self.kept = line

    def _misfit(self, message: str) -> StoppedError:
        where = f"stdin:{self.lines_read}"
        return StoppedError(f"{where}: error[bad-answer]: {message}", misfit=True)
