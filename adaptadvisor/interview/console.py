"""Lines in and out of a conversation: one line a prompt, everything wrapped, nothing that only
colour says.
"""

from __future__ import annotations

from typing import NamedTuple, TextIO

from adaptadvisor.errors import printable
from adaptadvisor.page import Page

BACK, WHY, FINISH, QUIT = "<", "?", "done", "quit"
_SPELLINGS = {
    BACK: ("<", "back"),
    WHY: ("?", "why", "help"),
    FINISH: ("done",),
    QUIT: ("quit", "exit"),
}
MOST_READ = 10_000
"""Characters in a line of answers; a device may send a line without an end."""

YES, NO = ("y", "yes"), ("n", "no", "")
HELP = (
    "u: I don't know. ? or why: why we ask. < or back: to the question before. done: finish with"
    " what is known. quit or Ctrl-C: save and stop."
)


class StoppedError(Exception):
    """The person left, the input ended in the middle, or (a `misfit`) a line from a pipe that fits
    no question.
    """

    def __init__(self, why: str = "interrupted", *, misfit: bool = False) -> None:
        self.misfit = misfit
        super().__init__(why)


class Command(NamedTuple):
    """One of the words that work at every prompt."""

    word: str


def command(line: str) -> Command | None:
    """The command that a line is, if it is one."""
    word = line.lower().rstrip(".!")
    return next(
        (Command(meant) for meant, spellings in _SPELLINGS.items() if word in spellings), None
    )


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

    def say(
        self,
        text: str,
        *,
        mark: str = "",
        indent: int = 0,
        before: bool = False,
        bold: bool = False,
    ) -> None:
        """A paragraph; a mark stands before it."""
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

    def step(self, number: int, total: int, words: str) -> str:
        """`[4 of about 7]`, or a sentence where brackets say nothing."""
        return (
            f"Question {number} of {words}{total}."
            if self.plain
            else f"[{number} of {words}{total}]"
        )

    def wrong(self, message: str) -> None:
        """Says what is wrong with a line, to have it again. From a pipe there is no again: the next
        line is meant for the next question.
        """
        if not self.source.isatty():
            raise StoppedError(
                f"stdin:{self.lines_read}: error[bad-answer]: {message}", misfit=True
            )
        self.say(message if message.endswith(("?", ".")) else f"{message}.")

    def read(self, prompt: str, *, optional: bool = False) -> str:
        """One line; where input ends, an optional answer is an empty one."""
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
            raise StoppedError("the input has ended" if not self.source.isatty() else "interrupted")
        if len(line) > MOST_READ:
            raise StoppedError(
                f"stdin:{self.lines_read}: error[bad-answer]: a line holds at most {MOST_READ:,}"
                " characters",
                misfit=True,
            )
        line = line.strip().removeprefix("\ufeff").replace("\u2019", "'")
        if command(line) == Command(QUIT):
            raise StoppedError
        return line
