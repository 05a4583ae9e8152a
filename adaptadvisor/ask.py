"""The conversation of `ask`: numbered choices, one line in, prompts on stderr. Fit for a terminal, a pipe and a screen reader."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple, TextIO

from adaptadvisor import facts as fact_values
from adaptadvisor.errors import nearest
from adaptadvisor.facts import Fact, NotAValue, Value, from_text, show
from adaptadvisor.interview import TIRED, Interview
from adaptadvisor.plans import name, plan_of
from adaptadvisor.render.page import Page, visible

_BACK, _WHY, _FINISH, _SKIPPED = "<", "?", "done", "skipped"
_HELP = "u: I don't know. ?: why we ask. <: back to the question before. done: finish with what is known. Ctrl-C: save and stop."
_YES, _NO = ("y", "yes"), ("n", "no", "")
_SHARPENING = 5
_ABLE_SHOWN = 8


class StoppedError(Exception):
    """The person left, or the input ended, in the middle of the interview."""


class _Command(NamedTuple):
    word: str


class Conversation:
    """Leads an interview to its end; `save` is called after every change of an answer."""

    def __init__(
        self, interview: Interview, source: TextIO, talk: TextIO, save: Callable[[], None], *, width: int, colour: bool, plain: bool
    ) -> None:
        self.interview = interview
        self.source = source
        self.talk = talk
        self.save = save
        self.width = width
        self.colour = colour
        self.plain = plain
        self.wants_every_question = self.asked_to_sharpen = False
        self.picking = False
        self.picks: list[Fact] = []

    def hold(self) -> None:
        """The whole interview; `StoppedError` where it was left."""
        self._say(_HELP)
        finish = self._questions()
        while True:
            if not finish:
                self._sharpen()
            change = self._review()
            if change is None:
                return
            self._ask_again(change)
            finish = self._questions()

    # ---- the parts of the interview ----

    def _questions(self) -> bool:
        """Asks until the plan is settled; True where the person wants to finish before."""
        again: Fact | None = None
        while True:
            question = None if again else self.interview.question()
            fact = again or (question.fact if question else None)
            if fact is None:
                unknown = " What you do not know still could: the advice says how." if self.interview.unknown else ""
                self._say(f"No question is left that can change the plan: {self._plan()}.{unknown}", before=True)
                return False
            if not again and not self.wants_every_question:
                if not self._picks() and (self.picking or self.interview.tired()) and not self._offer_to_finish():
                    return True
                fact = self.picks.pop(0) if self.picks else fact
            number = len(self.interview.answered) + 1
            total = max(number, number - 1 + (question.left if question else 1))
            answer = self._ask(fact, f"Question {number} of about {total}." if self.plain else f"[{number} of about {total}]")
            again = None
            if not isinstance(answer, _Command):
                self._take(fact, answer)
            elif answer.word == _FINISH:
                return True
            else:
                again = self._back() or fact

    def _picks(self) -> list[Fact]:
        """The facts that the person chose to answer and that can still change the plan."""
        self.picks = list(self.interview.able_to_change(self.picks)) if self.picks else []
        return self.picks

    def _offer_to_finish(self) -> bool:
        """After several "don't know": what could still change the plan, for the person to pick from. False to finish."""
        able = self.interview.able_to_change()
        if not able:
            return True
        why = "" if self.picking else f"You did not know the last {TIRED}. "
        self._say(f"{why}With what is known the plan is {self._plan()}.", before=True)
        self._say("What could still change it:")
        for number, fact in enumerate(able[:_ABLE_SHOWN], 1):
            self._say(fact.question, mark=self._number(number, fact.id), indent=2)
        if able[_ABLE_SHOWN:]:
            self._say(", ".join(fact.id for fact in able[_ABLE_SHOWN:]), mark=f"And {len(able) - _ABLE_SHOWN} more, by name:", indent=2)
        while True:
            line = self._read(
                "Numbers or names answer those; go asks one by one; Enter (or done) finishes with what is known.", optional=True
            ).lower()
            if line in ("", _FINISH) or line in fact_values.UNKNOWN_WORDS:
                return False
            if line in ("go", "g", *_YES):
                self.wants_every_question = True
                return True
            known = {fact.id: fact for fact in able} | {str(number): fact for number, fact in enumerate(able[:_ABLE_SHOWN], 1)}
            words = line.replace("-", "_").replace(",", " ").split()
            strange = [word for word in words if word not in known]
            if not strange:
                self.picks = list(dict.fromkeys(known[word] for word in words))
                self.picking = True
                return True
            self._say(f'"{visible(strange[0])}" is none of these.')

    def _sharpen(self) -> None:
        """Offers the questions that leave the plan and change how it is carried out."""
        rows = [row for row in self.interview.sharpening() if row.fact not in self.interview.answers][:_SHARPENING]
        if not rows or self.asked_to_sharpen:
            return
        self.asked_to_sharpen = True
        self._say("Some answers would not change the plan, but make it more precise:", before=True)
        for row in rows:
            self._say(f"{self._fact(row.fact).question} (for {', '.join(row.changes)})", mark=self._number(None, row.fact), indent=2)
        word = self._read("Answer them too? y or n; Enter is no.", optional=True).lower()
        if word not in _YES:
            return
        waiting = [self._fact(row.fact) for row in rows]
        place = 0
        while place < len(waiting):
            where = f"Question {place + 1} of {len(waiting)}." if self.plain else f"[{place + 1} of {len(waiting)}]"
            answer = self._ask(waiting[place], where)
            if not isinstance(answer, _Command):
                self._take(waiting[place], answer)
                place += 1
            elif answer.word == _FINISH:
                return
            elif place:
                place -= 1
                self.interview.back()
                self.save()
            else:
                self._say("This is the first of them; answers before it can be changed in a moment.")

    def _review(self) -> Fact | None:
        """Shows every answer; a fact to answer again, or None to go to the advice."""
        while True:
            answers = self.interview.answers
            self._say("Your answers:", before=True)
            for number, (fact, value) in enumerate(answers.items(), 1):
                self._say("not known" if value is None else show(value), mark=self._number(number, fact), indent=2)
            word = self._read("A number (or the name of a fact) changes that answer; skipped shows what was not asked; Enter shows the advice.",
                              optional=True).lower().replace("-", "_")  # fmt: skip
            if word in ("", _FINISH, *_NO):
                return None
            names = list(answers)
            if word.isdecimal() and 1 <= int(word) <= len(names):
                return self._fact(names[int(word) - 1])
            known = [fact.id for fact in self.interview.table.questions]
            if word in known:
                return self._fact(word)
            if word in (_SKIPPED, "s"):
                for fact, why in self.interview.skipped().items():
                    self._say(why, mark=f"{fact}:", indent=2)
            elif word == _BACK and answers:
                return self._fact(next(reversed(self.interview.answered), names[-1]))
            else:
                self._say(_ended(f'"{visible(word)}" is no number in the list and no fact{nearest(word, known)}'))

    def _ask_again(self, fact: Fact) -> None:
        answer = self._ask(fact, "Again:" if fact.id in self.interview.answers else "New:")
        if not isinstance(answer, _Command):
            self._take(fact, answer)

    def _take(self, fact: Fact, value: Value | None) -> None:
        dropped = self.interview.answer(fact.id, value)
        self.save()
        for name_ in dropped:
            self._say(f"The answer to {name_} is dropped: {self.interview.skipped()[name_]}.")

    def _back(self) -> Fact | None:
        last = self.interview.back()
        if last is None:
            self._say("This is the first question.")
            return None
        self.save()
        return self._fact(last)

    # ---- one question ----

    def _ask(self, fact: Fact, where: str) -> Value | _Command | None:
        self._say(f"{where} {fact.question} ({fact.id})", before=True, bold=True)
        for number, choice in enumerate(fact.choices, 1):
            word = {"true": "yes", "false": "no"}.get(choice.value, choice.value) if fact.type == "bool" else choice.value
            self._say(choice.means, mark=self._number(number, word), indent=2)
        if not fact.choices:
            unit = f" ({fact.unit})" if fact.unit else ""
            self._say(f"Expected: {fact.expects}{unit}" + (", written like 1200, 5k, 2M or 1e6." if fact.numeric else "."), indent=2)
        while True:
            line = self._read("Your answer:" if self.plain else ">")
            word = line.lower()
            if word == _WHY:
                self._explain(fact)
            elif word in (_BACK, _FINISH):
                return _Command(word)
            elif not word:
                self._say(f"Please answer. {_HELP}")
            else:
                try:
                    return self._value(fact, line)
                except NotAValue as error:
                    self._say(_ended(str(error)))

    def _value(self, fact: Fact, line: str) -> Value | None:
        if fact.choices and line.isdecimal():
            if not 1 <= int(line[:4]) <= len(fact.choices):
                raise NotAValue("unknown-choice", f"the choices are numbered 1 to {len(fact.choices)}")
            line = fact.choices[int(line) - 1].value
        return from_text(fact, line)

    def _explain(self, fact: Fact) -> None:
        stakes = self.interview.stakes(fact)
        self._say(fact.why, mark="Why we ask:", indent=2)
        self._say(fact.find_out, mark="How to find out:", indent=2)
        if stakes.rules_out:
            self._say(", ".join(stakes.rules_out), mark="An answer can still rule out:", indent=2)
        if stakes.brings_in:
            self._say(", ".join(stakes.brings_in), mark="It can still bring in:", indent=2)
        if len(stakes.plans) > 1:
            for row in stakes.plans:
                self._say(f"{row.answer}: the plan is {name(plan_of(row.plan))}", mark="-" if not self.plain else "", indent=2)
        else:
            self._say(f"By itself the answer leaves the plan at {self._plan()}; together with others it can change it.", indent=2)
        self._say(f"More: adaptadvisor explain {fact.id}", indent=2)

    # ---- lines in and out ----

    def _read(self, prompt: str, *, optional: bool = False) -> str:
        """One line; where input ends, an optional answer is an empty one."""
        page = Page(self.width - 1, colour=False)
        page.say(prompt)
        self.talk.write(f"{page.text().rstrip()} ")
        self.talk.flush()
        try:
            line = self.source.readline()
        except KeyboardInterrupt:
            self.talk.write("\n")
            raise StoppedError from None
        except UnicodeDecodeError:
            return "\ufffd"
        if not self.source.isatty():
            self.talk.write(f"{visible(line.strip())}\n")  # a terminal has shown it already
        elif not line:
            self.talk.write("\n")
        if not line and not optional:
            raise StoppedError
        return line.strip().replace("\u2019", "'")

    def _say(self, text: str, *, mark: str = "", indent: int = 0, before: bool = False, bold: bool = False) -> None:
        page = Page(self.width, colour=self.colour and bold)
        if bold:
            page.title(text)
        else:
            page.say(text, indent, mark=f"{mark} " if mark else "")
        self.talk.write(("\n" if before else "") + page.text())
        self.talk.flush()

    def _number(self, number: int | None, word: str) -> str:
        return f"{f'{number}. ' if number else ''}{word}:"

    def _plan(self) -> str:
        return name(plan_of(self.interview.plan))

    def _fact(self, id: str) -> Fact:
        return self.interview.table.facts[id]


def _ended(text: str) -> str:
    return text if text.endswith("?") else f"{text}."
