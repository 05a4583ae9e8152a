"""The conversation of `ask`, a line at a time: fit for a terminal, a pipe and a screen reader."""

from __future__ import annotations

from collections.abc import Callable

from adaptadvisor.errors import nearest, shown
from adaptadvisor.interview.console import HELP, NO, YES, Command, Console, command
from adaptadvisor.interview.state import NOTHING, TIRED, Interview
from adaptadvisor.table.facts import Fact, NotAValue, Value, from_text, show
from adaptadvisor.table.plans import name, plan_of
from adaptadvisor.table.ranges import WRITTEN

_SKIPPED = ("skipped", "s")
_UNKNOWN = ("idk", "dont know", "i don't know", "i dont know", "no idea")
_PICK = "Numbers or names answer those; go asks one by one; Enter finishes with what is known."
_WHY_PICK = """\
Any of these may change the plan. Name those that you can find out, or finish; < goes back."""
_CHANGE = """\
A number or name changes that answer; skipped shows what was not asked; Enter shows the advice."""
_WHY_CHANGE = "Any answer can still be changed; those that then no longer apply are dropped."
_SHARPENING = 5
_ABLE_SHOWN = 8


class Conversation:
    """Leads an interview to its end; `save` is called after every change of an answer."""

    def __init__(self, interview: Interview, console: Console, save: Callable[[], None]) -> None:
        self.interview = interview
        self.console = console
        self.say = console.say
        self.save = save
        self.wants_every_question = self.asked_to_sharpen = self.picking = False
        self.picks: list[Fact] = []
        self.total = 1

    def hold(self) -> None:
        """The whole interview; `StoppedError` where it was left."""
        self.say(HELP)
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
            fact, picked = again or self._next(), False
            if fact is None:
                self._settled()
                return False
            if not again and not self.wants_every_question:
                if not self._picks() and (self.picking or self.interview.tired()):
                    go_on = self._offer_to_finish()
                    if isinstance(go_on, Command):
                        again = self._back()
                        continue
                    if not go_on:
                        return True
                picked = bool(self.picks)
                fact = self.picks.pop(0) if self.picks else fact
            number = len(self.interview.answered) + 1
            self.total = max(self.total, number)
            answer = self._ask(fact, self.console.step(number, self.total, "about "))
            again = None
            if not isinstance(answer, Command):
                self._take(fact, answer)
            elif answer is Command.FINISH:
                return True
            else:
                self.picks = [fact, *self.picks] if picked else self.picks
                again = self._back() or fact

    def _next(self) -> Fact | None:
        """The fact to ask about next, and with it a new idea of how many there will be."""
        question = self.interview.question()
        if question:
            self.total = len(self.interview.answered) + question.left
        return question.fact if question else None

    def _settled(self) -> None:
        if not self.interview.plan:
            what = ", and no approach fits: the advice says what stands in the way."
        elif self.interview.inexact:
            what = f": {self._plan()}. What you do not know still could: the advice says how."
        else:
            what = f": {self._plan()}."
        self.say(f"No question is left that can change the plan{what}", before=True)

    def _picks(self) -> list[Fact]:
        """The facts that the person chose to answer and that can still change the plan."""
        self.picks = list(self.interview.able_to_change(self.picks)) if self.picks else []
        return self.picks

    def _offer_to_finish(self) -> bool | Command:
        """After several "don't know": lets the person pick what to answer; False to finish."""
        able = self.interview.able_to_change()
        if not able:
            return True
        known = {fact.id: fact for fact in able} | self._listed(able)
        while True:
            line = self.console.read(_PICK).lower()
            words = line.replace("-", "_").replace(",", " ").split()
            strange = [word for word in words if word not in known]
            if command(line) is Command.BACK:
                return Command.BACK
            if line in ("", "done"):
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
            else:
                self.console.wrong(f'"{shown(strange[0])}" is none of these')

    def _listed(self, able: tuple[Fact, ...]) -> dict[str, Fact]:
        """Lists what can still change the plan; each fact that has a number, by that."""
        why = "" if self.picking else f"You did not know the last {TIRED}. "
        self.say(f"{why}With what is known the plan is {self._plan()}.", before=True)
        self.say("What could still change it, alone or together with other answers:")
        numbered = dict(enumerate(able[:_ABLE_SHOWN], 1))
        for number, fact in numbered.items():
            self.console.item(number, fact.id, fact.question)
        if more := able[_ABLE_SHOWN:]:
            names = ", ".join(fact.id for fact in more)
            self.console.item(None, f"And {len(more)} more, by name", names)
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
            self.console.item(None, fact.id, f"{fact.question} (for {', '.join(row.changes)})")
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
            answer = self._ask(waiting[place], self.console.step(place + 1, len(waiting), ""))
            if not isinstance(answer, Command):
                self._take(waiting[place], answer)
                place += 1
            elif answer is Command.FINISH:
                return
            elif place:
                place -= 1
                self._back()
            else:
                self.say("This is the first of them; answers before it can be changed in a moment.")

    def _review(self) -> Fact | None:
        """Shows every answer; a fact to answer again, or None to go to the advice."""
        self.interview.keep_held()
        self.save()
        while True:
            answers = self.interview.answers
            self.say("Your answers:", before=True)
            for number, (fact, value) in enumerate(answers.items(), 1):
                self.console.item(number, fact, "not known" if value is None else show(value))
            line = self.console.read(_CHANGE, optional=True)
            word = line.lower().replace("-", "_")
            if word in ("done", *NO):
                return None
            names = list(answers)
            if word.isdecimal() and 1 <= int(word) <= len(names):
                return self._fact(names[int(word) - 1])
            known = [fact.id for fact in self.interview.table.questions]
            if word in known:
                return self._fact(word)
            if word in _SKIPPED:
                for fact, why in self.interview.skipped().items():
                    self.console.item(None, fact, why)
            elif command(line) is Command.BACK and answers:
                return self._fact(next(reversed(self.interview.answered), names[-1]))
            elif command(line) is Command.WHY:
                self.say(_WHY_CHANGE)
            else:
                wrong = f'"{shown(line)}" is no number in the list and no fact'
                self.console.wrong(f"{wrong}{nearest(word, known)}")

    def _ask_again(self, fact: Fact) -> None:
        answer = self._ask(fact, "Again:" if fact.id in self.interview.answers else "New:")
        if not isinstance(answer, Command):
            self._take(fact, answer)

    def _take(self, fact: Fact, value: Value | None) -> None:
        dropped, restored = self.interview.answer(fact.id, value)
        self.save()
        for id in dropped:
            self.say(f"The answer to {id} is dropped: {self.interview.skipped()[id]}.")
        for id in restored:
            self.say(f"The answer to {id} counts again: {show(self.interview.facts[id])}.")

    def _back(self) -> Fact | None:
        last = self.interview.back()
        if last is None:
            self.say("This is the first question.")
        return None if last is None else self._fact(last)

    # ---- one question ----

    def _ask(self, fact: Fact, where: str) -> Value | Command | None:
        now = self.interview.now(fact.id)
        self.say(f"{where} {fact.question} ({fact.id})", before=True, bold=True)
        for number, choice in enumerate(fact.choices, 1):
            word = choice.value
            if fact.type == "bool":
                word = "yes" if word == "true" else "no"
            self.console.item(number, word, choice.means)
        if not fact.choices:
            unit = f" ({fact.unit})" if fact.unit else ""
            how = f", {WRITTEN}" if fact.numeric else ""
            self.say(f"Expected: {fact.expects}{unit}{how}.", indent=2)
        if now is not NOTHING:
            self.say(f"Now: {'not known' if now is None else show(now)}. Enter keeps it.", indent=2)
        while True:
            line = self.console.read("Your answer:" if self.console.plain else ">")
            meant = None if line in (choice.value for choice in fact.choices) else command(line)
            if meant is Command.WHY:
                self._explain(fact)
            elif meant:
                return meant
            elif not line and now is not NOTHING:
                return self.interview.kept[fact.id]
            elif not line:
                self.console.wrong(f"please answer; {HELP}")
            else:
                try:
                    return self._value(fact, line)
                except NotAValue as error:
                    self.console.wrong(str(error))

    def _value(self, fact: Fact, line: str) -> Value | None:
        if line.lower().rstrip(".!") in _UNKNOWN:
            return None
        if fact.choices and line.isdecimal():
            if not 1 <= int(line[:4]) <= len(fact.choices):
                right = f"the choices are numbered 1 to {len(fact.choices)}"
                raise NotAValue("unknown-choice", right)
            line = fact.choices[int(line) - 1].value
        return from_text(fact, line)

    def _explain(self, fact: Fact) -> None:
        stakes = self.interview.stakes(fact)
        self.say(fact.why, mark="Why we ask:", indent=2)
        self.say(fact.find_out, mark="How to find out:", indent=2)
        if stakes.rules_out:
            self.say(", ".join(stakes.rules_out), mark="An answer can still rule out:", indent=2)
        if stakes.brings_in:
            mark = "It can still bring in, alone or together with others:"
            self.say(", ".join(stakes.brings_in), mark=mark, indent=2)
        if len(stakes.plans) > 1:
            for row in stakes.plans:
                line = f"{row.answer}: the plan is {name(plan_of(row.plan))}"
                self.say(line, mark="" if self.console.plain else "-", indent=2)
        else:
            alone = f"By itself the answer leaves the plan at {self._plan()}"
            self.say(f"{alone}; together with others it can change it.", indent=2)
        self.say(f"More: adaptadvisor explain {fact.id}", indent=2)

    def _plan(self) -> str:
        return name(plan_of(self.interview.plan))

    def _fact(self, id: str) -> Fact:
        return self.interview.table.facts[id]
