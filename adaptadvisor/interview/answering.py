"""What a line means as the answer to a question; it says so where it read more than the words."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import cast

from adaptadvisor.errors import one_of, shown
from adaptadvisor.interview.amounts import Amount, Amounts, amounts_of, with_unit
from adaptadvisor.interview.dates import NoDateError, date_of, is_date
from adaptadvisor.interview.dates import shown as day_shown
from adaptadvisor.interview.sayings import AROUND_A_CHOICE, by_share, is_unmeasured
from adaptadvisor.table.choices import Choice
from adaptadvisor.table.facts import (
    NO,
    UNKNOWN_WORDS,
    YES,
    Fact,
    NotAValue,
    Value,
    from_object,
    from_text,
    show,
)
from adaptadvisor.table.ranges import Range, grouped_in
from adaptadvisor.table.spoken import (
    Word,
    denied,
    inside_a_name,
    is_question,
    phrase,
    phrases,
    plain,
    words,
)

_COMMA = ","
UNKNOWN = frozenset(
    "idk,dunno,dont know,don't know yet,do not know,i don't know,i dont know,i do not know"
    ",we don't know,we dont know,no idea,no clue,not sure,not sure yet,i'm not sure,im not sure"
    ",unsure,unclear,hard to say,not known,not decided,undecided,tbd,n/a,untested"
    ",not tested,not tested yet,not tried,not tried yet,haven't tried,not measured,not measured yet"
    ",haven't measured,no measurement".split(_COMMA)
)
"""How people say that they do not know, besides `table.facts.UNKNOWN_WORDS`."""

_YES = frozenset(
    (
        *YES,
        "yep",
        "yeah",
        "yup",
        "sure",
        "yes please",
        "of course",
        "definitely",
        "required",
        "needed",
        "always",
    )
)
_NO = frozenset(
    (
        *NO,
        "nope",
        "nah",
        "not really",
        "not at all",
        "of course not",
        "not needed",
        "not required",
        "never",
    )
)
_PLANS = {
    "prompting": "prompt",
    "retrieval": "rag",
    "classifier": "task_head",
}
_NAMED_PLANS = {
    phrase(name): plan
    for plan, names in {
        "prompt": ("prompt", "prompts", "prompting", "prompt engineering"),
        "rag": ("rag", "retrieval", "retrieval augmented generation", "vector search"),
        "task_head": ("task head", "task_head", "classifier", "setfit"),
        "lora": ("lora", "qlora"),
        "full": ("full", "full fine-tuning", "full finetuning", "full tuning"),
        "rag+lora": ("rag+lora", "raft"),
    }.items()
    for name in names
}
"""Plans as people call them in a sentence."""
_FILLER = re.compile(
    r"(?:(?:we|i|you|they|it|there|that|this)(?:'ve|'s)?|have|has|got|is|are|am|its|of|in|by|say|well"
    r"|ok|hm+|it'?s|=|:)(?:\s+|(?<=[=:]))(?=\S)"
)
_AROUND = re.compile(
    r"\s*(?:away|from now|in total|altogether|or thereabouts|i think|i guess|so far|now)$"
)


@dataclass(frozen=True, slots=True)
class Answer:
    """What was answered (None: not known) and, where that is not plain, how it was understood.

    `whole` is False where the line says more than the answer; `sure` where it only holds a word of
    a choice among others that may be about something else: that is for the person to confirm.
    """

    value: Value | None
    meaning: str = ""
    whole: bool = True
    sure: bool = True


def answer(fact: Fact, text: str, today: date | None = None) -> Answer:
    """What a line means as the answer to a question.

    Everything that `from_text` reads, the number of a choice, the units of the fact and, for days,
    a date after `today`. Raises `NotAValue` with one line that says what would be right.
    """
    said = plain(text).strip()
    if said.rstrip(".!") in UNKNOWN or said.rstrip(".!") in UNKNOWN_WORDS:
        return Answer(None)
    if fact.choices and is_unmeasured(said) and not {*_choices_in(fact, text)}:
        return Answer(None, "understood as not known", whole=False)
    if fact.choices and re.fullmatch(r"#?\d+[.)]?", said):
        return Answer(_numbered(fact, said.strip("#.)")))
    if fact.type == "bool":
        return _yes_or_no(fact, said, text)
    if fact.numeric:
        return _amount(fact, said, text, today)
    if fact.type == "plans":
        return _plans(fact, said, text)
    if share := by_share(fact, said):
        return Answer(share, f"understood as {share}", whole=False)
    return _choice(fact, text)


def _numbered(fact: Fact, digits: str) -> Value | None:
    if not 1 <= int(digits[:4]) <= len(fact.choices):
        right = f"the choices are numbered 1 to {len(fact.choices)}"
        raise NotAValue("unknown-choice", right)
    return from_text(fact, fact.choices[int(digits[:4]) - 1].value)


def _yes_or_no(fact: Fact, said: str, text: str) -> Answer:
    word = said.rstrip(".!")
    if word in _YES or word in _NO:
        return Answer(word in _YES)
    try:
        return Answer(from_text(fact, word))
    except NotAValue:
        heard = _one_choice(fact, text)
        first = re.match(r"(y|yes|yep|yeah|n|no|nope)\s*[,.;:!-]", said)
        if first:
            value = first[1] in _YES
            if heard is None or heard is value:
                return Answer(value, f"understood as {'yes' if value else 'no'}")
        elif isinstance(heard, bool):
            meaning = f"understood as {'yes' if heard else 'no'}"
            return Answer(heard, meaning, whole=False, sure=_is_sure(fact, text))
    raise NotAValue(
        "wrong-type", f'"{shown(text)}" is no answer; this is a yes/no question: y or n'
    )


def _choice(fact: Fact, text: str) -> Answer:
    try:
        return Answer(from_text(fact, text))
    except NotAValue:
        heard = _one_choice(fact, text)
        if not isinstance(heard, str):
            raise
        several = len(set(_choices_in(fact, text))) > 1
        meaning = f"of these, {heard} counts" if several else f"understood as {heard}"
        return Answer(heard, meaning, whole=False, sure=_is_sure(fact, text))


def _one_choice(fact: Fact, text: str) -> Value | None:
    """The only choice that a sentence names, or of several the last where the fact says so."""
    found = set() if text.rstrip().endswith("?") else set(_choices_in(fact, text))
    if len(found) > 1 and not fact.several:
        return None
    return next((value for value in reversed(fact.values) if value in found), None)


def _is_sure(fact: Fact, text: str) -> bool:
    """Whether a sentence says a choice in words that mean nothing else (`heard`), or says nothing
    but choices: "days" in "3000 tickets a day" answers no question.
    """
    line = plain(text)
    of = words(line)
    telling = {phrase(word): True for choice in fact.choices for word in choice.heard}
    if any(_runs(line, of, telling)):
        return True
    names = {phrase(w): True for choice in fact.choices for w in (choice.value, *choice.also)}
    said = {place for first, last, _ in _runs(line, of, names) for place in range(first, last + 1)}
    rest = (word.text for place, word in enumerate(of) if place not in said)
    return all(word in AROUND_A_CHOICE for word in rest)


def _choices_in(fact: Fact, text: str) -> Iterator[Value]:
    line = plain(text)
    of = words(line)
    names = {
        key: value
        for choice, value in zip(in_order(fact), fact.values, strict=False)
        for word in (choice.value, *choice.also, *choice.heard)
        if (key := phrase(word))
    }
    for first, last, value in _runs(line, of, names):
        no = denied(of, first, last)
        if no is False:
            yield value
        elif no and isinstance(value, bool):
            yield not value


def in_order(fact: Fact) -> list[Choice]:
    """The choices in the order of the values."""
    return (
        sorted(fact.choices, key=lambda choice: choice.value)
        if fact.type == "bool"
        else [*fact.choices]
    )


def _runs(
    line: str, of: tuple[Word, ...], names: Mapping[tuple[str, ...], Value]
) -> Iterator[tuple[int, int, Value]]:
    """Where these phrases stand, the longest first, none within another."""
    longest, first = max(map(len, names), default=0), 0
    while first < len(of):
        for last, key in phrases(of, first, longest):
            if key in names and not inside_a_name(line, of[first].start, of[last].end):
                yield first, last, names[key]
                first = last
                break
        first += 1


def _plans(fact: Fact, said: str, text: str) -> Answer:
    if said in ("nothing", "none", "no", "nothing yet", "n"):
        return Answer(())
    line = re.sub(r"\s+(?:and|then)\s+", ", ", said)
    line = re.sub(r"[^\s,+]+", lambda match: _PLANS.get(match[0], match[0]), line)
    try:
        value = from_text(fact, line)
    except NotAValue:
        if " " in said and plans_in(fact, text) is None:
            right = (
                "expected prompt, rag, task_head, lora or full, two at once as rag+lora, or none"
            )
            what = f'"{shown(text)}" names no plan; {right}'
            raise NotAValue("unknown-plan", what) from None
        value = from_text(fact, text)
    return Answer(value, f"the plans {show(value)}" if value and line != said else "")


def plans_in(fact: Fact, text: str) -> tuple[Value, str] | None:
    """The plans that a sentence names, neither denied nor asked, and the words that name them."""
    line = plain(text)
    of = words(line)
    if is_question(line, of):
        return None
    names = cast("Mapping[tuple[str, ...], Value]", _NAMED_PLANS)
    found = [
        (str(plan), of[first].start, of[last].end)
        for first, last, plan in _runs(line, of, names)
        if denied(of, first, last) is False
    ]
    if not found:
        return None
    value = from_text(fact, ", ".join(dict.fromkeys(plan for plan, _, _ in found)))
    return (value, text[found[0][1] : found[-1][2]]) if value else None


def _amount(fact: Fact, said: str, text: str, today: date | None) -> Answer:
    if fact.unit == "days" and is_date(said):
        return _deadline(fact, said, today)
    amounts = amounts_of(fact)
    bare = _AROUND.sub("", said.rstrip("!").removesuffix("."))
    typed = text.strip()[: len(bare)]
    while True:
        found = _whole(amounts, bare)
        if found and (found.units or not _plain_number(fact, bare)):
            return understood(found, fact, typed)
        match = _FILLER.match(bare)
        if not match:
            break
        bare, typed = bare[match.end() :], typed[match.end() :]
    try:
        value = from_text(fact, bare)
    except NotAValue:
        inside = _in_sentence(amounts, said, text.strip())
        if inside is None:
            raise _mended(fact, text) from None
        return inside
    if not isinstance(value, Range) or ".." in bare or bare == show(value):
        return Answer(value)
    return Answer(value, f"the range {with_unit(fact, value)}")


def _plain_number(fact: Fact, text: str) -> bool:
    try:
        from_text(fact, text)
    except NotAValue:
        return False
    return True


def _whole(amounts: Amounts, text: str) -> Amount | None:
    found = amounts.at(text, 0)
    return found if found and not text[found.end :].strip(" .") else None


def understood(found: Amount, fact: Fact, text: str) -> Answer:
    value = found.value(fact)
    words = text[found.start : found.end].strip()
    return Answer(value, found.meaning(fact, words, value) if value is not None else "")


def _in_sentence(amounts: Amounts, said: str, typed: str) -> Answer | None:
    """The only amount with a unit of the fact in a sentence that neither asks nor denies it."""
    of = words(said)
    if is_question(said, of):
        return None
    found: dict[str, Answer] = {}
    at = cards = 0
    for place, word in enumerate(of):
        amount = amounts.at(said, word.start) if word.start >= at else None
        if amount and amount.units and denied(of, place, last_word(of, amount)) is False:
            try:
                heard = understood(amount, amounts.fact, typed)
            except NotAValue:
                return None
            found.setdefault(str(heard.value), heard)
            cards += any(unit.alone for unit in amount.units)
            worded = amount.named or amount.article
            if worded and not any(unit.tells for unit in amount.units):
                found[str(heard.value)] = replace(heard, sure=False)  # "one", "a day"
            at = amount.end
    # a 4090 and a 3090 are two cards, however alike
    if len(found) != 1 or cards > 1:
        return None
    return replace(next(iter(found.values())), whole=False)


def last_word(of: tuple[Word, ...], amount: Amount) -> int:
    return max(place for place, word in enumerate(of) if word.start < amount.end)


def _mended(fact: Fact, text: str) -> NotAValue:
    """What would be right, with the units that the fact is given in."""
    try:
        from_text(fact, (fact.type == "integer" and grouped_in(text)) or text)
    except NotAValue as error:
        counted = [unit for unit in fact.units if not unit.alone and unit.each != 1]
        names = [max(unit.words, key=len) for unit in counted[:3]]
        more = f"; units are understood, such as {one_of(names)}" if names else ""
        return NotAValue(error.code, f"{error}{more}", error.more)
    return NotAValue("not-a-number", f'"{shown(text)}" is no answer; expected {fact.expects}')


def _deadline(fact: Fact, said: str, today: date | None) -> Answer:
    if today is None:
        right = "write how many days it is from now"
        raise NotAValue("not-a-number", f'"{shown(said)}" is a date; {right}')
    try:
        day = date_of(said, today)
    except NoDateError as error:
        right = f"expected {fact.expects}, or a date such as 2026-12-24"
        raise NotAValue("bad-date", f'"{shown(said)}" is no deadline: {error}; {right}') from None
    days = (day - today).days
    when = {0: "today", 1: "tomorrow"}.get(days, f"in {days:,} days")
    return Answer(from_object(fact, days), f"{day_shown(day)} is {when}")


def nothing_but(fact: Fact, text: str, today: date | None) -> Answer:
    """The answer where the text is nothing but a value."""
    if fact.numeric:
        line = plain(text).strip()
        if not (fact.unit == "days" and is_date(line)):
            found = _whole(amounts_of(fact), line)
            if not found and not _plain_number(fact, line):
                raise NotAValue("not-a-number", "")
        return _amount(fact, line, text, today)
    if fact.type == "bool":
        word = plain(text).strip()
        if word not in _YES | _NO:
            raise NotAValue("wrong-type", "")
        return Answer(word in _YES)
    return Answer(from_text(fact, text))
