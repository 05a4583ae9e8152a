"""A table of one's own to begin with: it extends the shipped one, and every file holds examples to
uncomment.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from adaptadvisor.errors import Location, bad_input, shown
from adaptadvisor.files import written_whole

_TABLE = """\
## A table of your own on top of the shipped one: all shipped rows count, and the files beside this one add rows, change some, or leave
## some out. Explanations start with two hashes; take one hash and one blank away from lines with one hash, and they count.

## version: corrected row = patch, added row = minor, id removed or renamed = major.
version: 0.1.0

## extends: what your table changes; the word "shipped", or the folder of another table, seen from this one, such as ../company.
extends: shipped

## review_after_days: for how many days a review of a row stands; without it, what the table below says.
# review_after_days: 180
"""

_LIMITS = """\
## Limits rule approaches out. "adaptadvisor rules show" lists the shipped ones.

## A rule of your own.
## id: unique in the whole table, words joined by dashes, never given to another row later.
# - id: house-no-hosted-tuning
## order: where the limit stands in reports; smaller comes first.
#   order: 5
## limit: the rule in words; reports show it.
#   limit: sensitive data may not go to a provider that tunes
## rules_out: the approaches that are gone: prompt, rag, task_head, lora, full.
#   rules_out: [lora, full]
## when: all of these facts must be known to be so; "adaptadvisor explain FACT" says what each means. Also possible: a list of values,
## ">= 200", "50..199", the name of a threshold (">= labels-enough"), and any: [...], all: [...], not: {...}.
#   when: {sensitive_data: true, model_access: api_tuning}
## because: why; lifted_by: what would have to change; misleads_when: where the rule goes wrong.
#   because: our policy keeps personal data inside our own network
#   lifted_by: an exception signed by data protection, or a model that is tuned in our own network
#   misleads_when: the provider tunes inside our own network
## reviewed: the day somebody last looked at the evidence.
#   reviewed: 2026-11-24
## sources: ids of rows in sources.yaml, here or in the shipped table. This one stands, commented out, in sources.yaml beside this file.
#   sources: [house-data-policy]
## examples: situations in which the rule holds (fires), and situations in which it does not, or is not known to (quiet).
#   examples:
#     fires:
#       - {sensitive_data: true, model_access: api_tuning}
#     quiet:
#       - {sensitive_data: true, model_access: weights}
#       - {model_access: api_tuning}

## A shipped rule with other words: override names the row; only the fields that stand here are replaced.
# - id: no-gpu
#   override: true
#   lifted_by: a machine of the GPU pool (ask the platform team)

## A shipped rule that does not count here: off.
# - id: provider-tuning-only
#   off: true
"""

_NEEDS = """\
## Needs are what a situation demands, and which approaches meet it.

## A need of your own.
## id: unique in the whole table; order: where the need stands in reports, smaller first.
# - id: house-sources-for-decisions
#   order: 95
## need: what has to be so, in words; reports show it.
#   need: what bears on high-stakes answers can be looked up afterwards
## when: the need counts when all of this is known to be so. {} means always.
#   when: {stakes: high, task: answer}
## met_by: who meets it. when: must be known to hold. provided: must not be known to fail. because: the sentence that people read.
#   met_by:
#     - approach: rag
#       because: the passages behind an answer are known and can be kept with it
#       sources: [house-data-policy]
#     - approach: prompt
#       when: {corpus_tokens: "<= paste-most"}
#       provided: {knowledge_updates: [never, months]}
#       because: a corpus that fits the prompt can be kept with the answer
## not_met_by: why the others do not; every approach stands in one list or in both.
#   not_met_by:
#     - approach: [task_head, lora, full]
#       because: what a model learned has no address
## closed_by: what to do while nothing meets the need; misleads_when: where the row goes wrong.
#   closed_by: an index over the knowledge
#   misleads_when: nobody acts on the answers
#   reviewed: 2026-11-24
#   sources: [house-data-policy]
#   examples:
#     fires:
#       - {task: answer, stakes: high}
#     quiet:
#       - {task: answer, stakes: low}
#       - {task: answer}

## A shipped need with other words: the fields that stand here replace those of the row, the others stay.
# - id: outside-knowledge
#   override: true
#   closed_by: the company search service, or a corpus small and steady enough to paste
"""

_THRESHOLDS = """\
## Numbers with names, which conditions use: ">= labels-enough".

## A shipped number at another place: every row that uses the name follows. value: the number; means: what it stands for.
# - id: labels-enough
#   override: true
#   value: 300
#   kind: default
#   means: an engineering default of our own, after three projects that were short of labels

## A number of your own; a condition uses it as requests_per_day: ">= house-busy".
# - id: house-busy
## fact: what it is a number of.
#   fact: requests_per_day
#   value: 20000
## kind: accepted (an interface takes this many), probe (worth a first attempt), enough (usually enough), default (a sensible guess).
#   kind: default
#   means: from here on our gateway bills by volume (an engineering default)
#   sources: [house-data-policy]
"""

_SOURCES = """\
## What your rows rest on: a policy, a measurement of your own, a paper.

## title, year, venue: what it is called, from when it is, and where it appeared.
# - id: house-data-policy
#   title: Policy on personal and secret data
#   year: 2026
#   venue: internal
## address: where it can be found; a web address becomes a link.
#   address: https://intranet.example/policies/data
## finding: what it says, in your own words.
#   finding: Personal and secret data stay inside our own network; exceptions are signed by data protection.
## supports, against: approaches that it speaks for or against; either may be left out.
#   against: [lora, full]
## strength: strong, moderate or weak. checked: source (you looked it up) or recall (from memory).
#   strength: strong
#   checked: source
"""

_CASES = """\
## Whole situations and the plan that you expect; "adaptadvisor rules test" runs them.

## id and why: a name, and what this case is there to guard.
- id: tickets-with-labels
  why: Twelve hundred labelled tickets are enough for a small head; this should not change by accident.
  ## facts: what is known; everything else is unknown.
  facts: {task: label, examples: 1200, classes: 12}
  ## plan: exactly these approaches.
  plan: [task_head]

## With the limit of limits.yaml; while that is commented out, the plan is [lora].
# - id: sensitive-style-by-prompt
#   why: Sensitive data do not go to a provider that tunes, whatever the prompt cannot do.
#   facts: {task: rewrite, behaviour_shift: strong, examples: 3000, sensitive_data: true, model_access: api_tuning}
#   plan: [prompt]
"""


def starter() -> Mapping[str, str]:
    """The files of a table to begin with, by name. As they are they change nothing; with every
    example uncommented they are a valid table.
    """
    return {
        "table.yaml": _TABLE,
        "limits.yaml": _LIMITS,
        "needs.yaml": _NEEDS,
        "thresholds.yaml": _THRESHOLDS,
        "sources.yaml": _SOURCES,
        "tests/house.yaml": _CASES,
    }


def create(folder: Path) -> list[Path]:
    """Writes a table to begin with and returns its files; never over anything, and not into a
    folder that holds YAML already.
    """
    where = Location(str(folder))
    if folder.exists() and not folder.is_dir():
        raise bad_input("file-exists", f"{shown(folder)} is a file; name a folder", where)
    found = [
        name
        for name in (folder, folder / "tests")
        if name.is_dir() and any(path.suffix in (".yaml", ".yml") for path in name.iterdir())
    ]
    if found:
        raise bad_input(
            "file-exists",
            f"{shown(found[0])} holds YAML files already; name a new or an empty folder",
            where,
        )
    return [_written(folder / name, text) for name, text in starter().items()]


def _written(path: Path, text: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        with written_whole(path, over=False) as handle:
            handle.write(text.encode())
    except FileExistsError:
        raise bad_input("file-exists", f"{shown(path)} exists", Location(str(path))) from None
    return path
