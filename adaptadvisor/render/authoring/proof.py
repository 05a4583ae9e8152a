"""What was proven of a table, in words."""

from __future__ import annotations

from collections.abc import Mapping

from adaptadvisor.authoring.proof import Finding, Proof
from adaptadvisor.errors import Location
from adaptadvisor.page import Page
from adaptadvisor.reading.facts_file import in_braces
from adaptadvisor.table.speech import plan_words
from adaptadvisor.table.walk import nearest

_PLANS_SHOWN = 12


def render(
    proof: Proof,
    places: Mapping[str, Location],
    width: int = 80,
    *,
    colour: bool = False,
    plain: bool = False,
) -> str:
    """The whole proof as text of this width; `places` say where rows are."""
    page = Page(width, colour=colour, plain=plain)
    number = proof.situations
    many = f"{number:,}" if number < 10**9 else f"{number:.1e}"
    page.title(f"Table {proof.table.version}, digest {proof.table.digest}: {many} situations")
    page.say(
        "A situation gives every fact one of the answers that the table tells apart, or leaves it"
        " unknown; nothing was tried.",
        dim=True,
    )
    if proof.proven:
        page.heading("Holds in every situation")
    for claim in proof.proven:
        page.say(f"{claim}.", mark="- ")
    page.heading(f"Findings: {len(proof.findings) or 'none'}")
    for finding in proof.findings:
        page.finding(finding_words(finding, places))
        if finding.witness is not None:
            page.say(in_braces(finding.witness), 2, mark="for one: ")
    if proof.not_told:
        page.heading("Not told: it would take too long")
        page.say("; ".join(proof.not_told))
    _explaining(page, proof)
    _advised(page, proof)
    return page.text()


def finding_words(finding: Finding, places: Mapping[str, Location]) -> str:
    """`rules/needs.yaml:41:3: error[no-effect]: ...`."""
    place = nearest(finding.place, places)
    return f"{place}: error[{finding.code}]: {finding.place}: {finding.message}"


def _explaining(page: Page, proof: Proof) -> None:
    if not proof.notes:
        return
    page.heading("Rows that change no plan, and are there for the reason that they give")
    for note in proof.notes:
        sure = "" if note.proven else " (none was found that does, not proven)"
        seen = "It was not seen as a reason either"
        if note.witness is not None:
            seen = f"For one: {in_braces(note.witness)}"
        page.say(f"{note.words}{sure}. {seen}", mark="- ")


def _advised(page: Page, proof: Proof) -> None:
    exact = proof.counted == proof.situations
    of = "all situations, counted" if exact else f"a sample of {proof.counted:,} situations"
    page.heading(f"Plans, in {of}")
    for share in proof.plans[:_PLANS_SHOWN]:
        said = f"{plan_words(share.plan)}, for one {in_braces(share.witness)}"
        page.say(said, mark=f"- {_part(share.situations, proof.counted)} ")
    if rest := proof.plans[_PLANS_SHOWN:]:
        part = _part(sum(share.situations for share in rest), proof.counted)
        page.say(", ".join(plan_words(share.plan) for share in rest), mark=f"- {part} ")
    page.heading("Needs that stay open")
    part = _part(proof.open_situations, proof.counted)
    page.say(f"{part} of {of} leave some need open, and say what would close it.")
    for need in proof.open_needs:
        said = f"{need.need}, the smallest {in_braces(need.witness)}"
        page.say(said, mark=f"- {_part(need.situations, proof.counted)} ")
    page.heading("What a missing answer does")
    words = [
        f"{row.fact} {_part(row.situations, proof.unknowns_counted)}"
        for row in proof.unknowns
        if row.situations
    ]
    page.say(
        f"Leaving it out changes the plan in this part of {proof.unknowns_counted} sampled"
        f" situations: {', '.join(words) or 'none'}."
    )


def _part(number: int, of: int) -> str:
    return f"{100 * number / of:.1f} %" if of else "0 %"
