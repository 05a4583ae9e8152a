"""What people say instead of a choice: a share of wrong ones, or that nobody has measured it."""

from __future__ import annotations

import re
from collections.abc import Iterator

from adaptadvisor.evidence.statistics import wilson
from adaptadvisor.table.facts import Fact

AROUND_A_CHOICE = frozenset(
    (
        *("a", "an", "the", "we", "i", "you", "it", "its", "it's", "is", "are", "was", "has"),
        *("have", "i'd", "i'm", "we're", "our", "my", "this", "that", "of", "in", "by", "say"),
        *("well", "ok", "only", "just", "mostly", "rather", "quite", "very", "some", "think"),
        *("guess", "so", "far", "now", "not", "no", "and", "or", "but", "all", "be", "been"),
        *("to", "with", "at", "from"),
    )
)
"""Words around a choice that leave it the answer: "it is mostly clean"."""

_NOBODY = (
    r"(?:never|not|nobody|no one|no-one|none of us|haven't|hasn't|nothing|without"
    r"|isn't|wasn't|aren't|weren't|havent|hasnt|didnt)"
)
_LOOKED = (
    r"(?:(?:double-?)?check(?:ed|ing)|test(?:ed|ing)|measur(?:ed|ing)|evaluat(?:ed|ing)"
    r"|tried|scor(?:ed|ing)|look(?:ed|ing)|review(?:ed|ing)|examin(?:ed|ing)|inspect(?:ed|ing)"
    r"|measures|checks|tests|scores|counted|compared"
    r"|(?:gone|went|going) through|analy[sz]ed|rated|thought about)"
)
_UNMEASURED = re.compile(
    rf"\b(?:untested|unmeasured|unchecked|{_NOBODY}\b[^,;.!?()]{{0,20}}?\b{_LOOKED}\b"
    r"|(?:we|i|they|people) (?:did not|didn't|do not|don't|could not|couldn't) (?:yet |really "
    r"|ever )?"
    r"(?:(?:double-?)?check|test|measure|evaluate|try|score|look|review|examine|inspect"
    r"|go through)\b)"
)
_UNSURE = re.compile(
    r"(?:^|[,;.!:(]|\band|\bbut|\bso)\s*(?:(?:i|we|i'm|we're|i am|we are|have|there is|honestly"
    r"|really)\s)*"
    r"(?:no idea|no clue|not sure|unsure|don't know|do not know|dont know|can't say|cannot say"
    r"|hard to say|hard to tell|can't tell|cannot tell|unclear|nobody knows|no one knows)\b"
)
_NOT_FOR_US = re.compile(r"\b(?:(?:does not|doesn't|do not|don't) apply|not applicable|n/a)\b")
_ABSENT = (
    r"(?:(?:(?:^|[,;.!:(]|\bbut|\band|\bso)\s*(?:well,? |sorry,? )?|\b(?:have|has|had|got|with"
    r"|there is"
    r"|there's|there are|there was|needs?|uses?|using|we're|it's|is|takes?)\s+)"
    r"(?:yet )?no (?:such |real |own |written )?{0}(?=\s*(?:$|[,;.!:)]|\byet|\bat all|\bso far"
    r"|\bhere|\bto "
    r"|\bneeded|\bin place|\bof|\bneed|\bnow|\bat the|\bright now|\binvolved|\band|\bbut|\bjust"
    r"|\bonly))"
    r"|\b(?:don't|doesn't|do not|does not|didn't|did not|haven't|hasn't|have not|has not|never)\s"
    r"(?:yet |really |even )?(?:have|had|need|use|used|got|gotten|written|write|wrote|built"
    r"|build|made"
    r"|set up|run|ran)\s(?:up )?(?:any|a|an|much)?\s?(?:such |real |own )?{0}\b"
    r"|\bwithout (?:any |a |an )?{0}\b"
    r"|\b{0} (?:does not|doesn't|do not|don't) exist\b"
    r"|\b{0} (?:is|are) (?:not there|missing|not in place|not built|not set up|not needed))"
)
_SHARES = re.compile(
    r"(?:(more than |over |above |> ?)|(less than |fewer than |under |below |< ?))?"
    r"(?:about |around |roughly |~ ?)?(\d{1,3}(?:\.\d+)?)\s?"
    r"(?:%|percent|per cent|(?:in|of|out of) (\d{1,6})(?!\d))"
)
_WRONG = re.compile(
    r"\b(?:wrong|incorrect|disputed?|mistakes?|errors?|disagree\w*|bad|off|noisy)\b"
)
_SHARE = re.compile(
    r"(?<![\w.,-])(?:(\d{1,3}(?:\.\d+)?)\s?(?:%|percent\b|per cent\b)"
    r"|(\d{1,6}) (?:in|of|out of) (\d{1,6})(?![\w.])|(0?\.\d{1,4})(?![\w%]))"
)
_BAR = re.compile(
    r"\b(?:want\w*|need\w*|bar|target|goal|aim\w*|requir\w*|must|should|wish\w*|enough|threshold"
    r"|expect\w*|demand\w*|hop\w+|minimum|at least|would do|asks? for|acceptable|against|versus"
    r"|vs)\b"
)
_RELATIVE = re.compile(
    r"\s*(?:points? )?(?:more|better|less|fewer|higher|lower|faster|cheaper|improvement|gain)\b"
)
_GAP = re.compile(
    r"(?<![\w.,-])(\d{1,2}(?:\.\d+)?)\s?(?:%|percent|per cent|(?:percentage )?points?)"
    r" (?:short|below|under|off|away|missing|too low|too little)\b"
)
_BARE_BAR = re.compile(
    r"\b((?:needs?|needed|wants?|wanted|bar|target|goal|required?|at least)(?: is| are| of| about"
    r"| at)* )(\d{2,3}(?:\.\d+)?)(?=\s*(?:$|[,;.!)](?!\d)|\band\b|\bbut\b))"
)
"""A bar without its sign, after a share that has one: "85 %, needs 95"."""
_CLAUSE_ENDS = re.compile(r"[,;.!()](?=\s|$)|\s(?:and|but|while|whereas|so)\s")
_RIGHT = re.compile(r"\b(?:right|correct|agree\w*|clean|good|fine|ok)\b")


_OF_SO_MANY = re.compile(r"\b(?:on|of|over|with|for) (?:about |some )?(\d{1,5}) [a-z]+s\b")


def is_unmeasured(line: str) -> bool:
    """Whether a line says that nobody has measured what is asked; a question says nothing.

    >>> is_unmeasured("we have a prompt but never tested it")
    True
    """
    if line.endswith("?"):
        return False
    return any(form.search(line) for form in (_UNMEASURED, _UNSURE, _NOT_FOR_US))


def missing(fact: Fact, line: str) -> str:
    """That there is nothing to tell it by, as the answer is then not known; empty where a line
    does not say so: "we have no retrieval".
    """
    if line.endswith("?"):
        return ""
    for need in fact.needs:
        if re.search(_ABSENT.format(rf"{re.escape(need)}s?"), line):
            return f"no {need}: understood as not known"
    return ""


def by_share(fact: Fact, line: str) -> str:
    """The choice for which a share of wrong ones stands: "about 5% look wrong", "95% are right",
    or "5%" alone; empty where the line says no share, or not of what.
    """
    found = _SHARES.findall(line)
    if len(found) != 1 or not any(choice.wrong for choice in fact.choices) or line.endswith("?"):
        return ""
    wrong, right = bool(_WRONG.search(line)), bool(_RIGHT.search(line))
    more, less, number, of = found[0]
    share = 100 * float(number) / max(float(of or 100), 1)
    alone = not (wrong or right)
    if float(of or 100) < float(number) or (alone and share > _WHOLE / 2):
        return ""  # "95 %" alone: of right ones, or of wrong ones?
    share += 0.1 * bool(more) - 0.1 * bool(less)
    if right is wrong and (right or _SHARES.sub("", line).strip(" ~.")):
        return ""
    share = 100 - share if right else share
    for choice in fact.choices:
        low, _, high = choice.wrong.partition("..")
        if high and float(low) <= share <= float(high):
            return choice.value
    return ""


def against_the_bar(fact: Fact, line: str) -> tuple[str, str] | None:
    """The choice for a result that two shares tell, one reached and one wanted, and how that was
    understood: "41% right, I want 80%".
    """
    if not any(choice.short for choice in fact.choices) or line.endswith("?"):
        return None
    line = _BARE_BAR.sub(r"\1\2 %", line) if len(_SHARE.findall(line)) == 1 else line
    found = list(_SHARE.finditer(line))
    if (away := _GAP.search(line)) and len(found) <= 1:
        short = float(away[1])
        return next(
            ((each, f"{short:g} points short: {each}") for each in _missing_by(fact, short)), None
        )
    if len(found) != 2:
        return None
    said = [_around(line, found, place) for place in (0, 1)]
    if any(map(_WRONG.search, said)) or any(_RELATIVE.match(line, share.end()) for share in found):
        return None
    bars = [bool(_BAR.search(around)) for around in said]
    if bars[0] is bars[1]:
        return None
    got, bar = (_points(match) for match in (reversed(found) if bars[0] else found))
    if max(got, bar) > _WHOLE:
        return None
    short = round(max(bar - got, 0), 1)
    gap = f"{short:g} points short" if short else "that is reached"
    if (on := _OF_SO_MANY.search(line)) and (items := int(on[1])):
        low, high = wilson(round(got / 100 * items), items)
        gap += f" (give or take {50 * (high - low):.0f})"
    for choice in _missing_by(fact, short):
        return choice, f"{got:g} % where {bar:g} % are wanted, {gap}: {choice}"
    return None


def _missing_by(fact: Fact, short: float) -> Iterator[str]:
    """The choice for a result that misses the bar by so many points."""
    for choice in fact.choices:
        low, _, high = choice.short.partition("..")
        if high and float(low) <= short <= float(high):
            yield choice.value


_WHOLE = 100


def _points(share: re.Match[str]) -> float:
    percent, some, of, part = share.groups()
    if percent:
        return float(percent)
    return round(100 * (float(part) if part else float(some) / max(float(of), 1)), 1)


def _around(line: str, found: list[re.Match[str]], place: int) -> str:
    """The words about one of two shares: from the other to the end of the clause."""
    before = line[found[place - 1].end() if place else 0 : found[place].start()]
    after = line[found[place].end() : found[place + 1].start() if place + 1 < len(found) else None]
    ends = [end.end() for end in _CLAUSE_ENDS.finditer(before)]
    cut = _CLAUSE_ENDS.search(after)
    begin = ends[-1] if ends else 0
    return f"{before[begin:]} | {after[: cut.start()] if cut else after}"
