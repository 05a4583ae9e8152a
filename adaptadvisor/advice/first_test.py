"""Whether a test of the best prompt comes before the plan, and may end there."""

from __future__ import annotations

from adaptadvisor.engine.situation import Circumstances
from adaptadvisor.table.plans import BIT

_PROMPT, _RESULT, _PASSES = "prompt", "prompt_result", "passes"
_AFFORDABLE = "prompt_affordable"


def prompt_does(here: Circumstances) -> bool:
    """Whether the plan is the prompt that passes already, at a price that is not known to be too
    high: there is nothing to improve.
    """
    passes = here.facts.get(_RESULT) == _PASSES and here.facts.get(_AFFORDABLE) is not False
    return passes and here.plan == (_PROMPT,) and not here.outcome.open_needs


def prompt_may_do(here: Circumstances) -> bool:
    """Whether the plan is dearer than a prompt that nobody has tested, and a prompt alone would be
    the plan if it passed.
    """
    untested = _RESULT in here.table.facts and _RESULT not in here.facts
    if not untested or not here.plan or here.plan == (_PROMPT,) or here.outcome.open_needs:
        return False
    passed = here.engine.decide({**here.facts, _RESULT: _PASSES})
    return passed.plan == BIT[_PROMPT] and not passed.open_needs
