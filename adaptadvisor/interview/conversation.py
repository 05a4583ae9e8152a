"""The conversation of `ask`, a line at a time: fit for a terminal, a pipe and a screen reader."""

from __future__ import annotations

import math
from collections.abc import Callable
from datetime import date

from adaptadvisor.advice.completions import SURE
from adaptadvisor.errors import nearest, shown
from adaptadvisor.interview.asking import Asking
from adaptadvisor.interview.console import (
    HELP,
    NO,
    YES,
    Command,
    Console,
    StoppedError,
    command,
)
from adaptadvisor.interview.ranking import NextQuestion
from adaptadvisor.interview.state import LONG, TIRED, Interview
from adaptadvisor.interview.together import Several, are_statements
from adaptadvisor.table.facts import Fact, spelling
from adaptadvisor.table.speech import capital

_SKIPPED = ("skipped", "s")
_MORE = ("more", "m")
_UNSURE = ("u", "idk")
_PICK = "Numbers or names answer those; go asks one by one; Enter finishes with what is known."
_WHY_PICK = """\
Any of these may change the plan. Name those that you can find out, or finish; < goes back."""
_CHANGE = """\
A number or name changes that answer; skipped shows what was not asked; Enter shows the advice."""
_GO_ON = "more asks what is left; a number or name changes that answer; Enter shows the advice."
_ANSWER_TOO = "Answer them too? y for all, or numbers of some; Enter goes on without."
_WHY_TOO = "They choose methods, checks and steps inside the plan, which stays as it is."
_WHY_CHANGE = "Any answer can still be changed; those that then no longer apply are dropped."
_SHARPENING = 5
_ABLE_SHOWN = 5


class Conversation:
    """Leads an interview to its end; `save` is called after every change of an answer.

    It offers to end once little can change the plan, and where it gets long; or (`thorough`) goes
    on until nothing can. `today` is what "in two weeks" and dates count from.
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
        self.asking = Asking(interview, console, save, today)
        self.tell = self.asking.tell
        self.thorough = thorough
        self.wants_every_question = self.asked_to_sharpen = self.picking = self.open = False
        self.found_long, self.begun = False, interview.asked
        self.picks: list[Fact] = []
        self.said_so: set[str] = set()  # of which somebody said that it is so, and not yet what
        self.fewest, self.most = 1.0, math.inf
        self.chance: float | None = None
        self.order: tuple[str, ...] = ()
        self.together: tuple[Fact, ...] = ()

    def hold(self) -> None:
        """The whole interview; `StoppedError` where it was left."""
        self.say(HELP)
        try:
            self._hold()
        except StoppedError:
            for left in sorted(self.said_so.difference(self.interview.answers)):
                self.asking.take(self._fact(left), None)  # that it is so was said, what exactly not
            raise

    def _hold(self) -> None:
        finish = self._questions()
        while True:
            if not finish:
                self._sharpen()
            change = self._review()
            if change is Command.FINISH:
                return
            before = self.interview.answers
            if isinstance(change, Fact):
                self._ask_again(change)
            if change in (Command.MORE, Command.TOLD) or self.interview.answers != before:
                self.fewest, self.most = 1.0, math.inf
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
                if not self._picks() and self._better_asked_whether():
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
            where = self.console.step(self.interview.asked + 1, self.fewest, self.most)
            alone = again or picked or not self.together
            asking = self.asking
            given = asking.one(fact, where) if alone else asking.several(self.together, where)
            again = None
            if given is Command.FINISH:
                for left in [fact, *self.picks] if picked and not self.picking else ():
                    asking.take(left, None)  # that it is so was said, and what exactly is not known
                return True
            if isinstance(given, Command):
                self.picks = [fact, *self.picks] if picked else self.picks
                now = fact if alone else None
                again = self._back(now) if given is not Command.TOLD else None
            elif isinstance(given, Several):
                self.interview.group(given.answers)
                for each, value in given.answers.items():
                    asking.take(self._fact(each), value)
                # what is left out of several in one is asked once it is worth most
                self.picks = list(given.later) if are_statements(self.together) else []
                self.said_so |= {left.id for left in self.picks}
            else:
                asking.take(fact, given)

    def _next(self) -> Fact | None:
        """The fact to ask about next, and with it a new idea of how many there will be; None where
        no answer, or hardly any, changes the plan.
        """
        question = self.interview.question()
        self.open = False
        self.chance = question.chance if question else None
        self.order = question.order if question else ()
        self.together = question.together if question else ()
        if question is None:
            return next(iter(self._picks()), None)
        self._count(question)
        if question.chance < SURE and not self.thorough and not self._picks():
            self.open = True
            return None
        return question.fact

    def _count(self, question: NextQuestion) -> None:
        """How many questions there will be in all; what was announced at most never grows."""
        before = self.interview.asked
        self.most = min(self.most, before + question.most)
        self.fewest = min(before + question.fewest, self.most)

    def _picks(self) -> list[Fact]:
        """The facts that the person chose to answer and that can still change the plan, and those
        of which they said that they are so: nothing of that is lost.
        """
        left = [fact for fact in self.picks if fact.id not in self.interview.answers]
        able = list(self.interview.able_to_change(left)) if left else []
        able += [fact for fact in left if fact.id in self.said_so and fact not in able]
        for fact in left:
            if fact not in able:
                self.say(f"{capital(fact.name)} is not asked: by now it cannot change the plan.")
        self.picks = able
        return able

    def _better_asked_whether(self) -> bool:
        """Whether the person had better be asked if this goes on, and with what."""
        if self.picking or self.interview.unknown_in_a_row() >= TIRED:
            return True
        if self.thorough or self.found_long or self.interview.asked - self.begun < LONG:
            return False
        self.found_long = True
        return True

    def _offer_to_finish(self) -> bool | Command:
        """Lets the person pick what to answer, or tell facts (`TOLD`); False to finish."""
        able = self.interview.able_to_change()
        if not able:
            return True
        named = {spelling(name): fact for fact in able for name in (fact.id, fact.name)}
        known = named | self._listed(able)
        while True:
            typed = self.asking.read(_PICK)
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
            elif not (heard := self.asking.offered(typed)):
                self.console.wrong(f'"{shown(strange[0])}" is none of these')
            elif meant := self.asking.confirmed(heard, typed):
                self.asking.take_heard(meant)
                return Command.TOLD

    def _listed(self, able: tuple[Fact, ...]) -> dict[str, Fact]:
        """Lists what can still change the plan; each fact that has a number, by that."""
        why = "" if self.picking else f"{LONG} questions are answered. "
        if (unknown := self.interview.unknown_in_a_row()) >= TIRED and not self.picking:
            why = f"You did not know the last {unknown}. "
        self.tell.so_far(self.chance, f"{why}With what is known the plan is")
        self.say("What could still change it, alone or together with other answers:")
        best = [fact for id in self.order for fact in able if fact.id == id]
        numbered = list(enumerate(best + [fact for fact in able if fact not in best], 1))
        for number, fact in numbered[:_ABLE_SHOWN]:
            self.console.item(number, fact.name, fact.question)
        if rest := [f"{number} {fact.name}" for number, fact in numbered[_ABLE_SHOWN:]]:
            self.say(f"Less often: {', '.join(rest)}.", indent=2)
        return {str(number): fact for number, fact in numbered}

    def _sharpen(self) -> None:
        """Offers the questions that leave the plan and change how it is carried out."""
        answers = self.interview.answers
        rows = [row for row in self.interview.sharpening() if row.fact not in answers][:_SHARPENING]
        if not rows or self.asked_to_sharpen:
            return
        self.asked_to_sharpen = True
        self.say("Some answers would not change the plan, but make it more precise:", before=True)
        waiting = [self._fact(row.fact) for row in rows]
        for number, (row, fact) in enumerate(zip(rows, waiting, strict=True), 1):
            self.console.item(number, fact.name, f"{fact.question} (for {', '.join(row.changes)})")
        waiting = self._chosen_of(waiting)
        place = 0
        while place < len(waiting):
            where = self.console.step(place + 1, len(waiting), len(waiting))
            given = self.asking.one(waiting[place], where)
            if not isinstance(given, Command):
                self.asking.take(waiting[place], given)
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

    def _chosen_of(self, facts: list[Fact]) -> list[Fact]:
        """Those of these facts that the person wants to answer."""
        while True:
            line = self.console.read(_ANSWER_TOO, optional=True)
            word, numbers = line.lower(), line.replace(",", " ").split()
            if word in YES:
                return facts
            if word in (*NO, "done") or command(line) is Command.BACK:
                return []
            if all(each in map(str, range(1, len(facts) + 1)) for each in numbers):
                return [fact for number, fact in enumerate(facts, 1) if str(number) in numbers]
            if command(line) is Command.WHY:
                self.say(_WHY_TOO)
            elif heard := self.asking.offered(line):
                if meant := self.asking.confirmed(heard, line):
                    self.asking.take_heard(meant)
                    return [fact for fact in facts if fact.id not in self.interview.answers]
            else:
                right = f"y, numbers from 1 to {len(facts)}, or Enter"
                self.console.wrong(f'"{shown(line)}" is none of these; expected {right}')

    def _review(self) -> Fact | Command:
        """Shows every answer; a fact to answer again, `MORE` to go on, `TOLD` where more was told,
        `FINISH` for the advice.
        """
        self.interview.keep_held()
        self.save()
        while True:
            answers = self.interview.answers
            self.tell.answers(answers)
            line = self.asking.read(_GO_ON if self.open else _CHANGE, optional=True)
            if line.lower() in ("done", *NO):
                return Command.FINISH
            if line.lower() in _MORE and self.open:
                self.thorough = True
                return Command.MORE
            word, names = spelling(line), list(answers)
            number, equals, answer = (part.strip() for part in line.partition("="))
            if number.isdecimal() and 1 <= int(number[:4]) <= len(names):
                if equals and answer:
                    self.console.again(answer)
                return self._fact(names[int(number[:4]) - 1])
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
            elif heard := self.asking.offered(line):
                if meant := self.asking.confirmed(heard, line):
                    self.asking.take_heard(meant)
                    return Command.TOLD
            else:
                wrong = f'"{shown(line)}" is no number in the list and no fact'
                self.console.wrong(f"{wrong}{nearest(word, known)}")

    def _ask_again(self, fact: Fact) -> None:
        while True:
            given = self.asking.one(fact, "Again:" if fact.id in self.interview.answers else "New:")
            if given is not Command.TOLD or fact.id in self.interview.answers:
                break
        if not isinstance(given, Command):
            self.asking.take(fact, given)

    def _back(self, now: Fact | None = None) -> Fact | None:
        """The question to ask again; None where it is about several facts, and is found anew."""
        last = self.interview.back()
        if not last:
            self.say("This is the first question.")
            return now
        if len(last) > 1:
            self.picks = []
            self.said_so.clear()
        return self._fact(last[0]) if len(last) == 1 else None

    def _fact(self, id: str) -> Fact:
        return self.interview.table.facts[id]
