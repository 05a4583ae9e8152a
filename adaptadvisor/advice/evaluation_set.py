"""How large an evaluation set has to be where the classes are counted."""

from __future__ import annotations

from adaptadvisor.engine.situation import Circumstances
from adaptadvisor.table.facts import show_number

EACH = 30
"""Items of each class, as the check for rare classes asks for (an engineering default)."""

FOREIGN = 50
"""Items that belong to no class, as the same check asks for."""

TRAINED, PROMPTED = 200, 100
"""Items in all, at least, to decide about training and about a prompt."""

_MOST = 50
"""Classes of which each can have its items; with more, those that matter are chosen."""


def by_class(here: Circumstances) -> str:
    """The number that follows from the classes; empty where they are not counted or too many."""
    classes = here.facts.get("classes")
    if here.facts.get("task") != "label" or type(classes) is not int or classes > _MOST:
        return ""
    least = TRAINED if {"task_head", "lora", "full"} & {*here.plan} else PROMPTED
    items = max(EACH * classes + FOREIGN, least)
    at_least = "at least " if items == least else ""
    each = f"{at_least}{EACH} of each of the {classes} classes, {FOREIGN} of none"
    some = here.facts.get("examples") not in (None, 0)  # a range, too
    own = " Some of your labelled examples will do, if nothing is trained on them." if some else ""
    return f"Set aside {show_number(items)} evaluation items: {each}.{own}"
