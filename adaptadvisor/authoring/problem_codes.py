"""Every code that a problem of a rule table can have (in reading, `rules lint`, `prove` and
`test`): what it means, and what to do about it. `explain CODE` shows this.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple


class Explained(NamedTuple):
    """What a code means and how to mend what it reports; `finding` where the table can be used all
    the same.
    """

    says: str
    mend: str
    finding: bool = False


def _finding(says: str, mend: str) -> Explained:
    return Explained(says, mend, finding=True)


_LOADING: Mapping[str, Explained] = {
    "alias": Explained(
        "A YAML alias (`*name`) repeats another part of the file. Aliases are refused because a few"
        " lines of them can grow without bounds.",
        "Write the value out where the alias stands.",
    ),
    "bad-condition": Explained(
        "A condition is not a mapping of facts to tests, or an any, all or not inside it is empty"
        " or holds something else.",
        "Write `fact: test` lines, or `any: [...]` and `all: [...]` with conditions in the list."
        " For a row that always counts write `when: {}`.",
    ),
    "bad-date": Explained(
        "A date is not one of the calendar, or not written year-month-day.",
        "Write it like 2026-11-21.",
    ),
    "bad-derived-input": Explained(
        "A fact from which others are computed has a type or a range that the computation cannot"
        " use.",
        "Give the fact the type that the shipped table gives it; classes needs a minimum of at"
        " least 1.",
    ),
    "bad-id": Explained(
        "An id is not spelled as ids are.",
        "Use small letters, digits and dashes (my-row); for facts and approaches small letters,"
        " digits and underscores (my_fact).",
    ),
    "bad-key": Explained(
        "The key of a mapping is a list or a mapping.", "Use a plain word as the key."
    ),
    "bad-test": Explained(
        "What stands behind a fact in a condition is no test of such a fact.",
        'Write a value or a list of values; for a number ">= 200", "< 50", "50..199" or the number'
        " itself; or {not: ...} around one of these.",
    ),
    "control-character": Explained(
        "A text holds a character that cannot be shown, such as an escape, a tab, or a mark that"
        " turns the direction of writing.",
        "Remove it.",
    ),
    "derived-fact": Explained(
        "A situation gives a fact that is computed from others.",
        "Give the facts that it is computed from; `explain FACT` names them.",
    ),
    "duplicate-id": Explained(
        "Two rows have the same id, or a fact is called by a word that conditions or the command"
        " line use themselves.",
        "Choose another id. A table that extends another one changes a row of that with `override:"
        " true` and leaves it out with `off: true`.",
    ),
    "duplicate-key": Explained(
        "A key stands twice in one mapping, and only one of the two could count.",
        "Keep one of them.",
    ),
    "empty": Explained(
        "A file holds nothing, or only comments.",
        "Write at least `[]` for no rows, or leave the file out where a table extends another one.",
    ),
    "endless-extends": Explained(
        "Tables extend each other in a circle, or through more than 8 folders.",
        "Let the chain end in a table without `extends`, or in `extends: shipped`.",
    ),
    "leading-zero": Explained(
        "A number starts with a zero, which some readers take for octal.",
        "Write it without the zero.",
    ),
    "missing-approach": Explained(
        "One of the five approaches has no row in approaches.yaml.",
        "Add it, or take its `off: true` out.",
    ),
    "missing-field": Explained(
        "A row lacks a field that every such row has.",
        "Add the field; the message names it, and the shipped rows show its form.",
    ),
    "missing-file": Explained(
        "A file of the table is not there.",
        "Add it. Only a table that extends another one may leave out files; it needs `extends` in"
        " table.yaml.",
    ),
    "missing-table": Explained(
        "There is no folder of rules at this path.",
        "Check the path that --rules, ADAPTADVISOR_RULES or `extends` names.",
    ),
    "missing-text": Explained(
        "A text is there but empty.", "Write it, or remove the field if it may be left out."
    ),
    "missing-value": Explained(
        "A test or a number is empty, or says that it is unknown. Conditions cannot ask for what is"
        " not known.",
        "Write a value, or remove the line.",
    ),
    "not-a-file": Explained(
        "A folder, a pipe or a device stands where a file is expected.",
        "Move it away and put the file there.",
    ),
    "not-a-list": Explained(
        "A file of rows does not hold a list.",
        "Start each row with `- id: ...` at the margin; for no rows write `[]`.",
    ),
    "not-a-mapping": Explained(
        "A list or a word stands where lines like `key: value` are expected.",
        "Write `key: value` lines.",
    ),
    "not-a-number": Explained(
        "A number is expected and something else stands there.",
        "Write it like 1200, 5k, 2M or 1e6.",
    ),
    "not-a-row": Explained(
        "An entry of a list of rows is not a row.",
        "Write a mapping that starts with `id: ...`, or remove the entry.",
    ),
    "not-utf-8": Explained(
        "A file holds bytes that are no UTF-8 text.",
        "Save the file as UTF-8; the message names the first wrong byte.",
    ),
    "not-whole": Explained(
        "A whole number is expected and there are decimals.", "Round the number."
    ),
    "nothing-to-override": Explained(
        "A row says `override: true` or `off: true`, but the table that is extended has no row with"
        " this id in this file.",
        "Check the id and the file. For a new row leave the mark out.",
    ),
    "outside-folder": Explained(
        "A table extends a folder, or a file of it is a link to one, outside the folder that holds"
        " the table's own folder. A table reads nothing else, so that one of a stranger can be"
        " looked at safely.",
        "Copy what it needs into that folder, and write `extends: shipped` or a relative path such"
        " as ../base.",
    ),
    "out-of-range": Explained(
        "A number is smaller or larger than its fact can be.",
        "Write a number inside the range, or change the range of the fact.",
    ),
    "syntax": Explained(
        "A file is not valid YAML, so nothing behind this place could be read.",
        "Mend it at the named place or just before. Common causes are wrong indentation, and a"
        " colon in a text that stands without quotes.",
    ),
    "tag": Explained(
        "A YAML tag such as `!!python` stands in a file. Types are decided by the facts, never by"
        " tags.",
        "Remove the tag.",
    ),
    "too-deep": Explained(
        "Lists and mappings are nested deeper than 60 levels.",
        "Make it flatter; no row needs more than ten.",
    ),
    "too-large": Explained(
        "A file is larger than 5 MB, or holds more than 300,000 words, lists and mappings.",
        "Split the table, or check that this is the right file.",
    ),
    "too-long": Explained(
        "A text is longer than 20,000 characters.",
        "Say it in fewer words; nobody reads that many.",
    ),
    "too-many-alternatives": Explained(
        "A condition multiplies out into more than 64 alternatives, so that nobody could read it or"
        " prove anything about it.",
        "Split the row, or say it with fewer `any` inside `all`.",
    ),
    "too-many-problems": Explained(
        "After 1,000 problems reading stops; the files are hardly what they are taken for.",
        "Check the path, or mend the first problems and look again.",
    ),
    "too-many-rows": Explained(
        "A file holds more than 5,000 rows.",
        "Remove rows; a table is written and reviewed by people.",
    ),
    "unknown-approach": Explained(
        "A word is none of the five approaches.", "Write prompt, rag, task_head, lora or full."
    ),
    "unknown-choice": Explained(
        "A value is none of those that are allowed here.",
        "Take one of those that the message names, or add a choice to the question.",
    ),
    "unknown-fact": Explained(
        "A condition or an example names a fact that no question asks.",
        "Check the spelling, or add the question to questions.yaml.",
    ),
    "unknown-field": Explained(
        "A row has a field that such rows do not have; it would have no effect.",
        "Check the spelling, or remove it.",
    ),
    "unknown-file": Explained(
        "A YAML file in the folder is no part of a table; it would not be read.",
        "Check its name, or move it elsewhere.",
    ),
    "unknown-id": Explained(
        "A row mentions another one that is not there, is off, or stands in another file.",
        "Check the id, or add the row.",
    ),
    "unknown-threshold": Explained(
        "A condition names a threshold that is not there.",
        "Check the name, add it to thresholds.yaml, or write the number.",
    ),
    "unreadable": Explained(
        "The system does not let the file be read.",
        "Check its permissions, or where the link leads; the message says what the system said.",
    ),
    "wrong-threshold": Explained(
        "A condition compares a fact with a threshold of another fact.",
        "Use a threshold of this fact, or write the number.",
    ),
    "wrong-type": Explained(
        "A value has the wrong form: a list for a word, a text for a number, or the other way"
        " round.",
        "Write what the message expects.",
    ),
}

_FINDINGS: Mapping[str, Explained] = {
    "due-for-review": _finding(
        "The evidence behind a row was last looked at longer ago than a review stands for"
        " (`review_after_days` in table.yaml).",
        "Look whether its sources still hold and whether newer ones say otherwise; then write the"
        " day into `reviewed`.",
    ),
    "empty-range": _finding(
        "The minimum of a fact lies above its maximum, so no number is an answer.",
        "Correct the one or the other.",
    ),
    "missing-choice": _finding(
        "A yes/no question does not say what yes or what no means.",
        "Add the choice `true` or `false` with its meaning.",
    ),
    "no-refusal": _finding(
        "An approach meets a need only under conditions, and nothing says why it does not"
        " otherwise.",
        "Say so under `not_met_by`, where the reason stands that users read.",
    ),
    "no-examples": _finding(
        "A row with a condition lacks a situation that fires it, or one that leaves it quiet.",
        "Add at least one situation under `fires` and one under `quiet`, best just on either side"
        " of the line.",
    ),
    "no-question-mark": _finding(
        "A question does not end in a question mark.",
        "End it with one; a statement belongs into `why`.",
    ),
    "not-alike": _finding(
        "A question says that some of its choices are alike, but a condition tells them apart, or"
        " one of them is no choice.",
        "Correct `alike`, or remove it.",
    ),
    "placeholder-text": _finding(
        "A text holds a mark such as TODO: somebody meant to write it later.",
        "Write it, or remove the field.",
    ),
    "refusal-never-shown": _finding(
        "A need says why an approach does not meet it, but it always does, or it is refused twice"
        " and one reason is shown.",
        "Remove the refusal, or give the option a condition.",
    ),
    "same-choices": _finding(
        "No condition of the table tells two choices of a question apart, so it makes no difference"
        " which one is given.",
        "Let a row read one of them, make them one choice, or say `alike: [...]` in the question if"
        " both are there only to be recognised.",
    ),
    "same-condition": _finding(
        "Two rows that stand for the same thing have the same condition, so one of them is never"
        " shown or says nothing new.",
        "Make them one, or give one of them the condition that was meant.",
    ),
    "same-priority": _finding(
        "Two rows of which only one is shown have the same priority and can hold together, so the"
        " alphabet decides.",
        "Give the better one the higher priority, or let their conditions exclude each other.",
    ),
    "silent-on-approach": _finding(
        "A need names an approach neither among those that meet it nor among those that do not.",
        "Add it to `met_by` or, with the reason, to `not_met_by`.",
    ),
    "threshold-of-no-number": _finding(
        "A threshold is about a fact that is no number, so no condition can use it.",
        "Name the right fact, or remove it.",
    ),
    "threshold-out-of-range": _finding(
        "A threshold lies where its fact can never be, so that conditions with it always hold or"
        " never.",
        "Correct the value, or the range of the fact.",
    ),
    "unclosed-bracket": _finding(
        "A bracket or a backtick is opened in a text and never closed.", "Close it, or remove it."
    ),
    "unreachable-choice": _finding(
        "No answer can mean this choice: it stands twice, is neither true nor false in a yes/no"
        ' question, reads as "I do not know", or belongs to a number.',
        "Rename it or remove it.",
    ),
    "unsourced": _finding(
        "A threshold or a row, or an option of a need without sources, cites nothing.",
        "Cite where it is from in `sources`.",
    ),
    "unused-fact": _finding(
        "A question is asked, but no row reads the answer.",
        "Let a row read it, or remove the question.",
    ),
    "unused-source": _finding(
        "A source is cited by no row.", "Cite it where it belongs, or remove it."
    ),
    "unused-threshold": _finding(
        "No condition names this threshold.", "Use its name where the number stands, or remove it."
    ),
    "variant-of-another-approach": _finding(
        "An option of a need names a variant that is not one of its approach.",
        "Name a variant of the approach, or add the approach to the variant.",
    ),
}

_PROOFS: Mapping[str, Explained] = {
    "always-true": _finding(
        "A condition, or a test in one, holds whatever the answer is, so that it says nothing.",
        "Write the test that was meant; where the fact only has to be known, write `fact: known`.",
    ),
    "need-without-a-way": _finding(
        "A need counts in a completely known situation for which none of its ways to be met is"
        " meant, limits and prerequisites aside.",
        "Add a way for such situations, or make the condition of the need narrower.",
    ),
    "never-fires": _finding(
        "A condition, or a test in one, can never hold.",
        "Correct it: most often two tests of one fact exclude each other.",
    ),
    "never-recommended": _finding(
        "An approach is part of no plan, whatever the situation.",
        "Let some need be met by it, or lift the limit that always holds.",
    ),
    "never-shown": _finding(
        "A method, a first step, a check or the pick of a model family is shown in no situation.",
        "Correct its condition, or its priority: another row of its kind may always go first.",
    ),
    "no-effect": _finding(
        "A need, a way to meet one, or a limit changes the advice nowhere and is nowhere given as a"
        " reason.",
        "Remove it, or correct its condition: another row may always go before it.",
    ),
    "no-need-counts": _finding(
        "In some situation no need counts, so that there would be neither a plan nor an open need.",
        "Keep one need that always counts (`when: {}`).",
    ),
}

_GAPS: Mapping[str, Explained] = {
    "branch-not-tested": _finding(
        "One alternative of a condition holds in no test.",
        "Add the situation that is shown as an example or as a case.",
    ),
    "never-fires-in-a-test": _finding(
        "A row fires in no test.", "Add an example under `fires`, or a case."
    ),
    "never-quiet-in-a-test": _finding(
        "A row is quiet in no test.", "Add an example under `quiet`, or a case."
    ),
    "threshold-not-tested": _finding(
        "No test lies at a line that a condition draws, or none just below it.",
        "Add the situation that is shown.",
    ),
}

PROBLEMS: Mapping[str, Explained] = dict(
    sorted({**_LOADING, **_FINDINGS, **_PROOFS, **_GAPS}.items())
)
"""All codes in alphabetical order."""
