"""One question of an interview, until it is answered; and what else a line tells."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import date
from typing import Any

from adaptadvisor.errors import shown
from adaptadvisor.interview.console import HELP, NO, YES, Command, Console, command
from adaptadvisor.interview.listening import Answer, Heard, answer, volunteered
from adaptadvisor.interview.per_class import in_all
from adaptadvisor.interview.state import NOTHING, Interview
from adaptadvisor.interview.telling import Telling
from adaptadvisor.interview.together import Several, are_statements, at_once
from adaptadvisor.precedents.answers import is_usual
from adaptadvisor.table.contradictions import contradictions
from adaptadvisor.table.facts import UNKNOWN_WORDS, Fact, NotAValue, Value
from adaptadvisor.table.plans import attempt, plan_of
from adaptadvisor.table.speech import answer_words, beside, said

_SEVERAL = "Is any of these so?"
_WHICH = """\
Numbers of those that are so, some with the answer (2=days); the others count as not so; 2? not \
known; n if none is."""
_IN_ONE = {2: "Two in one:", 3: "Three in one:"}
_IN_ORDER = "Answers in this order with commas between, or the first alone:"
_OF_EACH = ("examples", "classes")
_PART = r"(.+?)(?:[,;.]\s+|\s+(?:and|but)\s+|$)"
_DIAGNOSE = """\
What a training run did wrong is for another command: adaptadvisor diagnose "what you saw"."""
_TUNED = plan_of(("lora", "full"))
_TRAINED = _TUNED | plan_of(("task_head",))  # but for some variants, such as untouched embeddings


class Asking:
    """Asks, and takes what is told; `save` is called after every change of an answer."""

    def __init__(
        self, interview: Interview, console: Console, save: Callable[[], None], today: date | None
    ) -> None:
        self.interview = interview
        self.console = console
        self.say = console.say
        self.save = save
        self.tell = Telling(interview, console)
        self.today = today

    def several(self, facts: tuple[Fact, ...], where: str) -> Several | Command:
        """The answers to several facts; a command; or `TOLD` where others were told instead."""
        listed = are_statements(facts)
        what = _SEVERAL if listed else _IN_ONE.get(len(facts), "Several in one:")
        self.say(f"{where} {what}", before=True, bold=True)
        for number, fact in enumerate(facts, 1):
            text = _statement(fact) if listed else f"{self._question(fact)} ({fact.id})"
            self.say(text, mark=f"{number}.", indent=2)
            for choice in () if listed else fact.choices:
                self.say(choice.means, mark=f"{answer_words(choice.value)}:", indent=5)
        held = {
            fact.id: now for fact in facts if (now := self.interview.now(fact.id)) is not NOTHING
        }
        whole = Several(held, ()) if len(held) == len(facts) else None
        if whole:
            self.say(f"Now: {self._words(whole)}. Enter keeps it.", indent=2)
        while True:
            line = self.read(_WHICH if listed else _IN_ORDER, facts)
            wanted = command(line)
            if wanted is Command.WHY:
                for fact in facts:
                    self.say(fact.why, mark=f"{fact.name}:", indent=2)
            elif wanted:
                return wanted
            elif not line and whole:
                return whole
            elif not line:
                self.console.wrong(f"please answer; {HELP}")
            else:
                try:
                    told = at_once(facts, line, self.today)
                except NotAValue as error:
                    heard = self.offered(line)
                    if not heard:
                        self.console.wrong(str(error))
                    elif meant := self.confirmed(heard, line, several=True):
                        self.take_heard(meant)
                        return Command.TOLD
                else:
                    if told.answers:
                        self.say(f"Counted: {self._words(told)}.", indent=2)
                    return told

    def read(self, prompt: str, facts: tuple[Fact, ...] = (), *, optional: bool = False) -> str:
        """A line; examples that it counts for each class are those of all of them, but where the
        question is about one class.
        """
        while True:
            line = self.console.read(prompt, optional=optional)
            examples, classes = (self.interview.table.facts.get(id) for id in _OF_EACH)
            about_one = any(fact.id == "rarest_class" for fact in facts) or "rarest" in line
            if about_one or not (examples and classes):
                return line
            try:
                known = self.interview.facts.get(classes.id)
                whole = in_all(line, examples, classes, known, then_classes=classes in facts)
            except NotAValue as error:
                self.console.wrong(str(error))
                continue
            if whole != line:
                self.say(f"Taken as: {whole}.", indent=2)
            return whole

    def _words(self, told: Several) -> str:
        """What a short answer about several facts comes to."""
        return "; ".join(
            f"{fact.name}: not known" if value is None else said(fact.name, fact.unit, value)
            for fact, value in ((self._fact(id), value) for id, value in told.answers.items())
        )

    def one(self, fact: Fact, where: str) -> Any:
        """The answer; a command; or `TOLD` where other facts were told instead."""
        now = self.interview.now(fact.id)
        self.say(f"{where} {self._question(fact)} ({fact.id})", before=True, bold=True)
        self.tell.choices(fact)
        if now is not NOTHING:
            known = "not known" if now is None else beside(fact, now)
            self.say(f"Now: {known}. Enter keeps it.", indent=2)
        while True:
            line = self.read("Your answer:" if self.console.plain else ">", (fact,))
            wanted = None if line in (choice.value for choice in fact.choices) else command(line)
            if wanted is Command.WHY:
                self.tell.explain(fact)
            elif wanted:
                return wanted
            elif not line and now is not NOTHING:
                return self.interview.kept[fact.id]
            elif not line:
                self.console.wrong(f"please answer; {HELP}")
            else:
                try:
                    value = self._value(fact, line)
                except NotAValue as error:
                    heard = self.offered(line, fact)
                    if not heard:
                        self.console.wrong(str(error))
                        continue
                    if meant := self.confirmed(heard, line):
                        return self.take_heard(meant, fact)
                else:
                    if value is not NOTHING:
                        return value
                if not self.console.kept:
                    self.say(self._question(fact), indent=2)
                    self.tell.choices(fact)

    def _value(self, fact: Fact, line: str) -> Any:
        """What a line means as an answer that nothing else contradicts; what else it tells counts
        once it is confirmed. `TOLD` where only other facts were told, `NOTHING` where nothing was.
        """
        found = answer(fact, line, self.today)
        for _, error in contradictions(
            self.interview.table, {**self.interview.answers, fact.id: found.value}
        ):
            raise error
        heard = self.offered(line, fact)
        others = tuple(each for each in heard if each.fact != fact.id)
        if not found.sure or (others and not found.whole):
            return self._in_other_words(fact, line, found, heard)
        meaning = found.meaning
        if not found.whole and found.value is not None:
            meaning = meaning or f"understood as {beside(fact, found.value)}"
        if meaning:
            self.say(f"{meaning[0].upper()}{meaning[1:]}.", indent=2)
        if others and (meant := self.confirmed(others, line, heard)):
            self.take_heard(meant, fact)
        elif heard and not found.whole:
            self._not_heard(line, heard)
        return found.value

    def _in_other_words(
        self, fact: Fact, line: str, found: Answer, heard: tuple[Heard, ...]
    ) -> Any:
        """The answer of a line that is about more than the question: never one unasked."""
        if not self.console.is_terminal:
            what = "it" if found.value is None else beside(fact, found.value)
            right = f"write {what} alone if you mean that"
            raise NotAValue("unclear", f'"{shown(line)}" says more than an answer; {right}')
        if not heard and found.value is not None:
            heard = (Heard(fact.id, found.value, line, found.meaning),)
        meant = self.confirmed(heard, line)
        return self.take_heard(meant, fact) if meant else NOTHING

    def offered(self, line: str, fact: Fact | None = None) -> tuple[Heard, ...]:
        """The facts that a line offers to somebody who can be asked whether they meant it."""
        if " " not in line or not self.console.is_terminal:
            return ()
        table = self.interview.table
        heard = volunteered(table, line, fact, self.today)
        offered = {each.fact: each.value for each in heard}
        clash = any(True for _ in contradictions(table, {**self.interview.answers, **offered}))
        return () if clash else heard

    def confirmed(
        self,
        heard: tuple[Heard, ...],
        line: str,
        whole: tuple[Heard, ...] = (),
        *,
        several: bool = False,
    ) -> tuple[Heard, ...]:
        """What of it the person meant; it never counts unasked. `whole` is all that was heard in
        the line, where that is more; at a question about `several` facts "I don't know" is none of
        what was heard, and no answer to all of them.
        """
        many = len(heard) > 1
        self.say("Did you mean:", indent=2)
        for number, each in enumerate(heard, 1):
            fact = self._fact(each.fact)
            why = f" ({each.meaning})" if each.meaning else ""
            what = said(fact.name, fact.unit, each.value)
            self.console.item(number if many else None, what, f'"{each.words}"{why}')
        self._not_heard(line, whole or heard)
        prompt = "y counts all, numbers only those, n none." if many else "y counts it, n does not."
        while True:
            line = self.console.read(prompt)
            word = line.lower()
            numbers = word.replace(",", " ").replace(" and ", " ").split()
            if word in YES:
                return heard
            if word and (word in NO or command(word) is Command.BACK):
                return ()
            if several and word in UNKNOWN_WORDS:
                return ()
            if numbers and all(each in map(str, range(1, len(heard) + 1)) for each in numbers):
                return tuple(each for n, each in enumerate(heard, 1) if str(n) in numbers)
            if " " in word or word in UNKNOWN_WORDS:  # another answer, in place of what was heard
                left = ", ".join(f'"{each.words}"' for each in heard)
                self.say(f"Not counted: {left}.", indent=2)
                self.console.again(line)
                return ()
            right = f"y, n or numbers from 1 to {len(heard)}" if many else "y or n"
            what = f'"{shown(word)}" is none of these' if word else "nothing is counted unasked"
            self.console.wrong(f"{what}; expected {right}, or an answer in other words")

    def _not_heard(self, line: str, heard: tuple[Heard, ...]) -> None:
        """Says which parts of a line told nothing, as one may believe that they count."""
        left = [f'"{shown(part)}"' for part in _unheard(line, heard)]
        if left:
            self.say(f"Not counted: {', '.join(left)}.", indent=2)

    def take_heard(self, heard: tuple[Heard, ...], fact: Fact | None = None) -> Value | Command:
        """Takes what was confirmed; the answer to the question itself is for the asker to take."""
        own: Value | Command = Command.TOLD
        for each in heard:
            if fact and each.fact == fact.id:
                own = each.value
            else:
                self.take(self._fact(each.fact), each.value)
                self.interview.told.add(each.fact)
        return own

    def take(self, fact: Fact, value: Value | None) -> None:
        tried = map(attempt, value if isinstance(value, tuple) else ())
        if any((one.whole & _TRAINED) | (one.plan & _TUNED) for one in tried):
            self.say(_DIAGNOSE, indent=2)
        dropped, restored = self.interview.answer(fact.id, value)
        self.save()
        for id in dropped:
            why = self.interview.skipped()[id]
            self.say(f"The answer to {self._fact(id).name} is dropped: {why}.")
        for id in restored:
            back = beside(self._fact(id), self.interview.facts[id])
            self.say(f"The answer to {self._fact(id).name} counts again: {back}.")

    def _question(self, fact: Fact) -> str:
        return fact.asked_of(self.interview.facts.get("task"))

    def _fact(self, id: str) -> Fact:
        return self.interview.table.facts[id]


def _unheard(line: str, heard: tuple[Heard, ...]) -> list[str]:
    """The parts of a line, of two words or more, in which nothing was heard.

    >>> _unheard("BERT on 120 texts, one old card", (Heard("examples", 120, "120 texts"),))
    ['one old card']
    >>> _unheard("we load it and run it here", (Heard("access", "weights", "load it and run"),))
    []
    """
    told = [(start, start + len(each.words)) for each in heard for start in _starts(each, line)]
    parts = (part for part in re.finditer(_PART, line) if " " in part[1].strip())
    return [
        part[1].strip(" .!?")
        for part in parts
        if not any(start < part.end(1) and part.start(1) < end for start, end in told)
    ]


def _starts(each: Heard, line: str) -> Iterator[int]:
    """Where its words stand in a line."""
    return (found.start() for found in re.finditer(re.escape(each.words), line, re.IGNORECASE))


def _statement(fact: Fact) -> str:
    """What may be so, and how to say what exactly: "The knowledge changes. (=months or =days)"."""
    others = [choice.value for choice in fact.choices if not is_usual(fact, choice.value)]
    others = ["rag, =lora or what it was"] if fact.type == "plans" else others
    others = [f"how many {fact.unit}".rstrip()] if fact.numeric else others
    how = f": ={' or ='.join(others)}" if others and fact.type != "bool" else ""
    return f"{fact.unless} ({fact.id}{how})"
