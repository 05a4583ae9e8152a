"""What an interview tells beside its questions: where it stands, why it asks, what was answered."""

from __future__ import annotations

from adaptadvisor.interview.console import Console
from adaptadvisor.interview.state import Interview
from adaptadvisor.precedents.answers import GIVEN
from adaptadvisor.table.facts import Fact, Value
from adaptadvisor.table.plans import APPROACHES
from adaptadvisor.table.ranges import WRITTEN
from adaptadvisor.table.speech import answer_words, plan_words, said


class Telling:
    """Tells a person, on a console, how their interview stands."""

    def __init__(self, interview: Interview, console: Console) -> None:
        self.interview = interview
        self.console = console
        self.say = console.say

    def so_far(self, chance: float | None, mark: str = "") -> None:
        """What the plan is with what is known, and how likely the open answers change it; before
        anything is known only where there is something to say before it.
        """
        if chance is not None and (mark or self.interview.facts):
            what = f"{self.plan()}. What is still open changes that {_of_situations(chance)}."
            self.say(what, mark=mark or "So far:", before=True)

    def settled(self, chance: float | None) -> None:
        """That nothing, or (with a chance) hardly anything, can change the plan."""
        if chance is not None:
            likely = _of_situations(chance)
            what = f"Enough is known: {self.plan()}. What is still open changes the plan {likely}."
            if self.interview.inexact:
                what += " What you do not know could too: the advice says how."
            self.say(what, before=True)
            return
        if not self.interview.plan:
            what = ", and no approach fits: the advice says what stands in the way."
        elif self.interview.inexact:
            what = f": {self.plan()}. What you do not know still could: the advice says how."
        else:
            what = f": {self.plan()}."
        self.say(f"No question is left that can change the plan{what}", before=True)

    def choices(self, fact: Fact) -> None:
        """How a question can be answered."""
        task = self.interview.facts.get(GIVEN)
        for number, choice in enumerate(fact.choices, 1):
            self.console.item(number, answer_words(choice.value), choice.means_in(task))
        if fact.type == "choice" and fact.changes != "never":
            self.console.item(None, "u", "I don't know, or nobody has measured it.")
        if fact.type == "plans":
            names = ", ".join(APPROACHES[1:])
            what = f"Expected: nothing, or what you tried: {names}; rag+lora for both together."
            self.say(what, indent=2)
        elif not fact.choices:
            what = f"a number of {fact.unit}" if fact.unit else fact.expects
            how = f", {WRITTEN}" if fact.numeric else ""
            self.say(f"Expected: {what}{how}.", indent=2)

    def explain(self, fact: Fact) -> None:
        """Why a question is asked, how to find out, and what hangs on it."""
        stakes = self.interview.stakes(fact)
        self.say(fact.why, mark="Why we ask:", indent=2)
        how = fact.found_out_in(self.interview.facts.get(GIVEN))
        self.say(how, mark="How to find out:", indent=2)
        if stakes.rules_out:
            names = ", ".join(plan_words((approach,)) for approach in stakes.rules_out)
            self.say(names, mark="An answer can still rule out:", indent=2)
        if stakes.brings_in:
            mark = "It can still bring in, alone or together with others:"
            names = ", ".join(plan_words((approach,)) for approach in stakes.brings_in)
            self.say(names, mark=mark, indent=2)
        if len(stakes.plans) > 1:
            self.say("By itself, with what is known:", indent=2)
            for row in stakes.plans:
                line = f"{answer_words(row.answer, fact.unit)}: the plan is {plan_words(row.plan)}"
                self.say(line, mark="" if self.console.plain else "-", indent=2)
        else:
            alone = f"By itself the answer leaves the plan at {self.plan()}"
            self.say(f"{alone}; together with others it can change it.", indent=2)
        self.say(f"More: adaptadvisor explain {fact.id}", indent=2)

    def answers(self, answers: dict[str, Value | None]) -> None:
        """Every answer in words, with what hangs on it."""
        self.say("Your answers:", before=True)
        bearing = self.interview.bearing()
        for number, (id, value) in enumerate(answers.items(), 1):
            fact = self.interview.table.facts[id]
            told = f"{fact.name}: not known" if value is None else said(fact.name, fact.unit, value)
            self.say(f"{told}{bearing.get(id, '')}.", mark=f"{number}.", indent=2)

    def plan(self) -> str:
        """The plan of what is known, as people call it."""
        return plan_words(self.interview.plan)


def _of_situations(chance: float) -> str:
    """A chance in words that one can picture.

    >>> _of_situations(0.62), _of_situations(0.04), _of_situations(0)
    ('in about 6 of 10 situations like this', 'in about 1 of 25 situations like this', \
'in fewer than 1 of 100 situations like this')
    """
    if chance >= 0.95:
        how = "nearly all"
    elif chance >= 0.15:
        how = f"about {round(10 * chance)} of 10"
    else:
        how = f"about 1 of {round(1 / chance)}" if chance >= 0.01 else "fewer than 1 of 100"
    return f"in {how} situations like this"
