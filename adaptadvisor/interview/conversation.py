"""The conversation of `ask`, a line at a time: fit for a terminal, a pipe and a screen reader."""

from __future__ import annotations

import math
from collections.abc import Callable
from datetime import date
from typing import Any

from adaptadvisor.advice.completions import SURE
from adaptadvisor.errors import nearest, shown
from adaptadvisor.interview.console import HELP, NO, YES, Command, Console, command
from adaptadvisor.interview.listening import Answer, Heard, answer, volunteered
from adaptadvisor.interview.ranking import NextQuestion
from adaptadvisor.interview.state import NOTHING, TIRED, Interview
from adaptadvisor.interview.telling import Telling
from adaptadvisor.table.contradictions import contradictions
from adaptadvisor.table.facts import Fact, NotAValue, Value, spelling
from adaptadvisor.table.speech import beside, said

_SKIPPED = ("skipped", "s")
_MORE = ("more", "m")
_UNSURE = ("u", "idk")
_PICK = "Numbers or names answer those; go asks one by one; Enter finishes with what is known."
_WHY_PICK = """\
Any of these may change the plan. Name those that you can find out, or finish; < goes back."""
_CHANGE = """\
A number or name changes that answer; skipped shows what was not asked; Enter shows the advice."""
_GO_ON = "more asks what is left; a number or name changes that answer; Enter shows the advice."
_WHY_CHANGE = "Any answer can still be changed; those that then no longer apply are dropped."
_SHARPENING = 5
_ABLE_SHOWN = 5


class Conversation:
    """Leads an interview to its end; `save` is called after every change of an answer.

    It offers to end once little can change the plan, or (`thorough`) goes on until nothing can.
    `today` is what "in two weeks" and dates count from.
    """

    def __init__(
        self,
        interview: Interview,
        console: Console,
        save: Callable[[], None],
        *,
        thorough: bool = False,
        today: date | None = None,
    ) -> None:
        self.interview = interview
        self.console = console
        self.say = console.say
        self.save = save
        self.tell = Telling(interview, console)
        self.thorough = thorough
        self.today = today
        self.wants_every_question = self.asked_to_sharpen = self.picking = self.open = False
        self.picks: list[Fact] = []
        self.fewest, self.most = 1.0, math.inf
        self.chance: float | None = None
        self.order: tuple[str, ...] = ()

    def hold(self) -> None:
        """The whole interview; `StoppedError` where it was left."""
        self.say(HELP)
        finish = self._questions()
        while True:
            if not finish:
                self._sharpen()
            change = self._review()
            if change is Command.FINISH:
                return
            if isinstance(change, Fact):
                self._ask_again(change)
            finish = self._questions()

    # ---- the parts of the interview ----

    def _questions(self) -> bool:
        """Asks until the plan is settled, or as good as; True where the person wants to finish."""
        again: Fact | None = None
        while True:
            fact, picked = again or self._next(), False
            if fact is None:
                self.tell.settled(self.chance if self.open else None)
                return False
            if not again and not self.wants_every_question:
                if not self._picks() and (self.picking or self.interview.tired()):
                    go_on = self._offer_to_finish()
                    if isinstance(go_on, Command):
                        again = None if go_on is Command.TOLD else self._back()
                        continue
                    if not go_on:
                        return True
                picked = bool(self.picks)
                fact = self.picks.pop(0) if self.picks else fact
            if not again:
                self.tell.so_far(self.chance)
            number = len(self.interview.answered) + 1
            given = self._ask(fact, self.console.step(number, self.fewest, self.most))
            again = None
            if given is Command.FINISH:
                return True
            if isinstance(given, Command) and given is not Command.TOLD:
                self.picks = [fact, *self.picks] if picked else self.picks
                again = self._back() or fact
            elif given is Command.TOLD:
                self.picks = [fact, *self.picks] if picked else self.picks
            else:
                self._take(fact, given)

    def _next(self) -> Fact | None:
        """The fact to ask about next, and with it a new idea of how many there will be; None where
        no answer, or hardly any, changes the plan.
        """
        question = self.interview.question()
        self.open = False
        self.chance = question.chance if question else None
        self.order = question.order if question else ()
        if question is None:
            return None
        self._count(question)
        if question.chance < SURE and not self.thorough and not self._picks():
            self.open = True
            return None
        return question.fact

    def _count(self, question: NextQuestion) -> None:
        """How many questions there will be in all; what was announced at most never grows."""
        before = len(self.interview.answered)
        self.most = min(self.most, before + question.most)
        self.fewest = min(before + question.fewest, self.most)

    def _picks(self) -> list[Fact]:
        """The facts that the person chose to answer and that can still change the plan."""
        self.picks = list(self.interview.able_to_change(self.picks)) if self.picks else []
        return self.picks

    def _offer_to_finish(self) -> bool | Command:
        """After several "don't know": lets the person pick what to answer, or tell facts (`TOLD`);
        False to finish.
        """
        able = self.interview.able_to_change()
        if not able:
            return True
        named = {spelling(name): fact for fact in able for name in (fact.id, fact.name)}
        known = named | self._listed(able)
        while True:
            typed = self.console.read(_PICK)
            line = typed.lower()
            parts = [line] if spelling(line) in known else line.replace(",", " ").split()
            words = [spelling(part) for part in parts]
            strange = [word for word in words if word not in known]
            if command(line) is Command.BACK:
                return Command.BACK
            if line in ("", "done", *_UNSURE):
                return False
            if line in ("go", "g", *YES):
                self.wants_every_question = True
                return True
            if not strange:
                self.picks = list(dict.fromkeys(known[word] for word in words))
                self.picking = True
                return True
            if command(line) is Command.WHY:
                self.say(_WHY_PICK)
            elif not (heard := self._offered(typed)):
                self.console.wrong(f'"{shown(strange[0])}" is none of these')
            elif self._confirmed(heard):
                self._take_heard(heard)
                return Command.TOLD

    def _listed(self, able: tuple[Fact, ...]) -> dict[str, Fact]:
        """Lists what can still change the plan; each fact that has a number, by that."""
        why = "" if self.picking else f"You did not know the last {TIRED}. "
        self.say(f"{why}With what is known the plan is {self.tell.plan()}.", before=True)
        self.say("What could still change it, alone or together with other answers:")
        best = [fact for id in self.order for fact in able if fact.id == id]
        front = (best + [fact for fact in able if fact not in best])[:_ABLE_SHOWN]
        numbered = dict(enumerate(front, 1))
        for number, fact in numbered.items():
            self.console.item(number, fact.name, fact.question)
        if more := len(able) - len(front):
            self.say(f"And {more} more, which matter less often.", indent=2)
        return {str(number): fact for number, fact in numbered.items()}

    def _sharpen(self) -> None:
        """Offers the questions that leave the plan and change how it is carried out."""
        answers = self.interview.answers
        rows = [row for row in self.interview.sharpening() if row.fact not in answers][:_SHARPENING]
        if not rows or self.asked_to_sharpen or not self.interview.plan:
            return
        self.asked_to_sharpen = True
        self.say("Some answers would not change the plan, but make it more precise:", before=True)
        waiting = [self._fact(row.fact) for row in rows]
        for row, fact in zip(rows, waiting, strict=True):
            self.console.item(None, fact.name, f"{fact.question} (for {', '.join(row.changes)})")
        word = None
        while word not in (*YES, *NO, "done"):
            if word is not None:
                self.console.wrong(f'"{shown(word)}" is neither y nor n')
            prompt = "Answer them too? y or n; Enter is no."
            word = self.console.read(prompt, optional=True).lower()
        if word not in YES:
            return
        place = 0
        while place < len(waiting):
            where = self.console.step(place + 1, len(waiting), len(waiting))
            given = self._ask(waiting[place], where)
            if not isinstance(given, Command):
                self._take(waiting[place], given)
                place += 1
            elif given is Command.TOLD:
                place += waiting[place].id in self.interview.answers
            elif given is Command.FINISH:
                return
            elif place:
                place -= 1
                self._back()
            else:
                self.say("This is the first of them; answers before it can be changed in a moment.")

    def _review(self) -> Fact | Command:
        """Shows every answer; a fact to answer again, `MORE` to go on, `TOLD` where more was told,
        `FINISH` for the advice.
        """
        self.interview.keep_held()
        self.save()
        while True:
            answers = self.interview.answers
            self.tell.answers(answers)
            line = self.console.read(_GO_ON if self.open else _CHANGE, optional=True)
            if line.lower() in ("done", *NO):
                return Command.FINISH
            if line.lower() in _MORE and self.open:
                self.thorough = True
                return Command.MORE
            word, names = spelling(line), list(answers)
            if word.isdecimal() and 1 <= int(word[:4]) <= len(names):
                return self._fact(names[int(word[:4]) - 1])
            known = {
                spelling(name): fact
                for fact in self.interview.table.questions
                for name in (fact.id, fact.name)
            }
            if word in known:
                return known[word]
            if word in _SKIPPED:
                for id, why in self.interview.skipped().items():
                    self.console.item(None, self._fact(id).name, why)
            elif command(line) is Command.BACK and answers:
                return self._fact(next(reversed(self.interview.answered), names[-1]))
            elif command(line) is Command.WHY:
                self.say(_WHY_CHANGE)
            elif heard := self._offered(line):
                if self._confirmed(heard):
                    self._take_heard(heard)
                    return Command.TOLD
            else:
                wrong = f'"{shown(line)}" is no number in the list and no fact'
                self.console.wrong(f"{wrong}{nearest(word, known)}")

    def _ask_again(self, fact: Fact) -> None:
        while True:
            given = self._ask(fact, "Again:" if fact.id in self.interview.answers else "New:")
            if given is not Command.TOLD or fact.id in self.interview.answers:
                break
        if not isinstance(given, Command):
            self._take(fact, given)

    def _take(self, fact: Fact, value: Value | None) -> None:
        dropped, restored = self.interview.answer(fact.id, value)
        self.save()
        for id in dropped:
            why = self.interview.skipped()[id]
            self.say(f"The answer to {self._fact(id).name} is dropped: {why}.")
        for id in restored:
            back = beside(self._fact(id), self.interview.facts[id])
            self.say(f"The answer to {self._fact(id).name} counts again: {back}.")

    def _back(self) -> Fact | None:
        last = self.interview.back()
        if last is None:
            self.say("This is the first question.")
        return None if last is None else self._fact(last)

    # ---- one question ----

    def _ask(self, fact: Fact, where: str) -> Any:
        """The answer; a command; or `TOLD` where other facts were told instead."""
        now = self.interview.now(fact.id)
        self.say(f"{where} {fact.question} ({fact.id})", before=True, bold=True)
        self.tell.choices(fact)
        if now is not NOTHING:
            known = "not known" if now is None else beside(fact, now)
            self.say(f"Now: {known}. Enter keeps it.", indent=2)
        while True:
            line = self.console.read("Your answer:" if self.console.plain else ">")
            meant = None if line in (choice.value for choice in fact.choices) else command(line)
            if meant is Command.WHY:
                self.tell.explain(fact)
            elif meant:
                return meant
            elif not line and now is not NOTHING:
                return self.interview.kept[fact.id]
            elif not line:
                self.console.wrong(f"please answer; {HELP}")
            else:
                try:
                    value = self._value(fact, line)
                except NotAValue as error:
                    heard = self._offered(line, fact)
                    if not heard:
                        self.console.wrong(str(error))
                    elif self._confirmed(heard):
                        return self._take_heard(heard, fact)
                else:
                    if value is not NOTHING:
                        return value

    def _value(self, fact: Fact, line: str) -> Any:
        """What a line means as an answer that nothing else contradicts; what else it tells counts
        once it is confirmed. `TOLD` where only other facts were told, `NOTHING` where nothing was.
        """
        found = answer(fact, line, self.today)
        for _, error in contradictions(
            self.interview.table, {**self.interview.answers, fact.id: found.value}
        ):
            raise error
        heard = self._offered(line, fact)
        others = tuple(each for each in heard if each.fact != fact.id)
        if not found.sure or (others and not found.whole):
            return self._in_other_words(fact, line, found, heard)
        meaning = found.meaning
        if not found.whole and found.value is not None:
            meaning = meaning or f"understood as {beside(fact, found.value)}"
        if meaning:
            self.say(f"{meaning[0].upper()}{meaning[1:]}.", indent=2)
        if others and self._confirmed(others):
            self._take_heard(others, fact)
        return found.value

    def _in_other_words(
        self, fact: Fact, line: str, found: Answer, heard: tuple[Heard, ...]
    ) -> Any:
        """The answer of a line that is about more than the question: never one unasked."""
        if not self.console.is_terminal:
            right = f"write {found.meaning.rpartition(' ')[2] or 'it'} alone if you mean that"
            raise NotAValue("unclear", f'"{shown(line)}" says more than an answer; {right}')
        if not heard and found.value is not None:
            heard = (Heard(fact.id, found.value, line, found.meaning),)
        return self._take_heard(heard, fact) if self._confirmed(heard) else NOTHING

    def _offered(self, line: str, fact: Fact | None = None) -> tuple[Heard, ...]:
        """The facts that a line offers to somebody who can be asked whether they meant it."""
        if " " not in line or not self.console.is_terminal:
            return ()
        table = self.interview.table
        heard = volunteered(table, line, fact, self.today)
        offered = {each.fact: each.value for each in heard}
        clash = any(True for _ in contradictions(table, {**self.interview.answers, **offered}))
        return () if clash else heard

    def _confirmed(self, heard: tuple[Heard, ...]) -> bool:
        """Whether that is what the person meant; it never counts unasked."""
        self.say("Did you mean:", indent=2)
        for each in heard:
            fact = self._fact(each.fact)
            why = f" ({each.meaning})" if each.meaning else ""
            self.console.item(None, said(fact.name, fact.unit, each.value), f'"{each.words}"{why}')
        while True:
            word = self.console.read("y counts it, n does not.", optional=True).lower()
            if word in YES:
                return True
            if word in NO or command(word) is Command.BACK:
                return False
            self.console.wrong(f'"{shown(word)}" is neither y nor n')

    def _take_heard(self, heard: tuple[Heard, ...], fact: Fact | None = None) -> Value | Command:
        """Takes what was confirmed; the answer to the question itself is for the asker to take."""
        own: Value | Command = Command.TOLD
        for each in heard:
            if fact and each.fact == fact.id:
                own = each.value
            else:
                self._take(self._fact(each.fact), each.value)
        return own

    def _fact(self, id: str) -> Fact:
        return self.interview.table.facts[id]
