"""What results say of the next step, as the person who ran them would read it."""

from __future__ import annotations

import pytest
from conftest import ROOT, in_process
from hypothesis import given, settings
from hypothesis import strategies as st

from adaptadvisor import advise, load_table
from adaptadvisor.evidence.causes import Kind, kinds
from adaptadvisor.evidence.gate import gate
from adaptadvisor.evidence.next_step import Run, next_step
from adaptadvisor.evidence.outcomes import Outcome
from adaptadvisor.render.next_step import render

TABLE = load_table()
TICKETS = {"task": "label", "examples": 1200, "classes": 12, "model_access": "api"}
VOICE = {
    "task": "write",
    "behaviour_shift": "strong",
    "examples": 800,
    "model_access": "weights",
    "prompt_result": "far",
}
POLICIES = {"task": "answer", "private_knowledge": True, "corpus_tokens": 5_000_000}


def run(items, right, **failing):
    """The first `right` items are right; what else is given holds for those that are not."""
    return [
        Outcome(item=str(n), correct=n < right, **({} if n < right else failing))
        for n in range(items)
    ]


def step(facts, outcomes, plan, **more):
    return next_step(TABLE, facts, Run(outcomes=outcomes, plan=plan, **more))


def learnt(found):
    return {one.fact: one.value for one in found.learnt}


def test_a_prompt_that_passes_is_kept_and_the_advice_becomes_a_prompt():
    found = step(TICKETS, run(300, 290), "prompt", bar=90)
    assert (found.move, found.reached) == ("keep", ("prompt",))
    assert learnt(found) == {"prompt_result": "passes", "eval_examples": 300}
    assert found.advice.plan == ("prompt",)


@pytest.mark.parametrize(("right", "result"), [(258, "close"), (160, "far")])
def test_a_prompt_that_falls_short_says_by_how_much_and_climbs(right, result):
    found = step(TICKETS, run(300, right), "prompt", bar=92)
    assert learnt(found)["prompt_result"] == result
    assert found.move == "climb"
    assert found.reached == found.advice.plan != ("prompt",)


def test_a_score_around_the_bar_asks_for_more_items_and_sets_no_result():
    found = step(TICKETS, run(100, 92), "prompt", bar=90)
    assert found.move == "measure"
    assert learnt(found) == {"eval_examples": 100}
    assert found.gate.needed > 100
    items = found.gate.needed
    assert gate(run(items + 10, round((items + 10) * 0.92)), 90).state == "passes"
    assert gate(run(items - 50, round((items - 50) * 0.92)), 90).state == "cannot tell"


def test_a_tuned_model_that_falls_short_is_repaired_before_anything_dearer():
    found = step(VOICE, run(300, 200), "lora:qlora", bar=90)
    assert found.move == "repair"
    assert learnt(found)["tried"] == ("lora:qlora",)
    assert found.advice.repair is not None
    assert "Look at this before anything dearer" in render(found, TABLE, "text")


def test_a_dearer_plan_that_is_no_better_steps_down():
    found = step(VOICE, run(3000, 2850), "lora", bar=90, baseline=run(3000, 2850))
    assert (found.move, found.reached) == ("step down", ("prompt",))


def test_a_dearer_plan_that_is_better_is_kept_and_one_that_is_not_sure_is_measured():
    better = step(VOICE, run(300, 290), "lora", baseline=run(300, 250))
    unsure = step(VOICE, run(60, 52), "lora", baseline=run(60, 50))
    assert (better.move, unsure.move) == ("keep", "measure")


def test_a_run_that_lost_its_answers_is_mended_first_and_teaches_nothing():
    outcomes = [
        Outcome(item=str(n), correct=None if n % 3 else True, error="timeout" if n % 3 else "")
        for n in range(90)
    ]
    found = step(TICKETS, outcomes, "prompt", bar=50)
    assert found.move == "mend the run"
    assert found.learnt == ()


def test_retrieval_that_misses_is_repaired_and_told_to_the_table():
    outcomes = [
        Outcome(
            item=str(n),
            correct=n % 2 == 0,
            expected=f"{n} days",
            passages=(f"the term is {n} days" if n % 2 == 0 else "another page",),
        )
        for n in range(120)
    ]
    found = step(POLICIES, outcomes, "rag", bar=90)
    assert found.move == "repair"
    assert learnt(found)["retrieval_result"] == "misses"
    assert any("Mend the search" in line for one in found.findings for line in one.do)


def test_the_kind_that_most_failures_name_becomes_the_main_kind_of_error():
    outcomes = [*run(200, 170, tags=("Wrong format",)), *run(3, 0, tags=("tone",))]
    found = step(TICKETS, outcomes, "prompt", bar=95)
    assert learnt(found)["main_error"] == "format"


def test_no_kind_is_the_main_one_where_two_are_as_common_or_few_are_told():
    even = [
        Outcome(item=str(n), correct=False, tags=(("style", "skill")[n % 2],)) for n in range(30)
    ]
    few = [Outcome(item=str(n), correct=False, tags=("style",)) for n in range(5)]
    assert kinds(TABLE, even).main == ""
    assert kinds(TABLE, few).main == ""
    assert kinds(TABLE, even).counts == (Kind("skill", 15), Kind("style", 15))


def test_what_was_stated_and_what_was_measured_stand_side_by_side():
    found = step({**TICKETS, "prompt_result": "passes"}, run(300, 150), "prompt", bar=90)
    said = next(one for one in found.learnt if one.fact == "prompt_result")
    assert (said.before, said.value) == ("passes", "far")
    assert "passes -> far" in render(found, TABLE, "text")


@pytest.mark.parametrize("format_", ["text", "md", "json"])
def test_every_format_tells_the_move_the_facts_and_the_new_plan(format_):
    found = step(TICKETS, run(300, 160), "prompt", bar=90)
    text = render(found, TABLE, format_)
    if format_ == "json":
        import json

        data = json.loads(text)
        assert (data["move"], data["schema"]) == ("climb", "adaptadvisor/next/1")
        assert data["advice"]["plan"] == list(found.advice.plan)
    else:
        assert "Prompt falls short; go on with task head." in text
        assert "Best prompt's result" in text
        assert "prompt_result" not in text


@given(
    st.integers(2, 400).flatmap(lambda n: st.tuples(st.just(n), st.integers(0, n))),
    st.integers(1, 100),
)
@settings(max_examples=60, deadline=None)
def test_the_gate_only_moves_one_way_with_the_score(counts, bar):
    items, right = counts
    order = ["falls short", "cannot tell", "passes"]
    here = order.index(gate(run(items, right), bar).state)
    better = order.index(gate(run(items, min(items, right + 1)), bar).state)
    stricter = order.index(gate(run(items, right), min(100, bar + 5)).state)
    assert better >= here >= stricter


@given(
    st.integers(20, 200), st.floats(0, 1), st.sampled_from(["prompt", "rag", "lora", "task_head"])
)
@settings(max_examples=30, deadline=None)
def test_the_new_advice_is_that_of_the_facts_it_names(items, share, plan):
    found = step(TICKETS, run(items, round(items * share)), plan, bar=80)
    assert found.advice == advise(TABLE, found.facts)
    assert found.facts == {**TICKETS, **learnt(found)}


def test_the_json_fits_the_schema_that_is_shipped():
    import json

    from jsonschema import Draft202012Validator

    schema = json.loads((ROOT / "adaptadvisor/schemas/next-1.json").read_text())
    Draft202012Validator.check_schema(schema)
    for facts, outcomes, plan in (
        (TICKETS, run(300, 160), "prompt"),
        (VOICE, run(300, 200), "lora"),
        (POLICIES, run(100, 92), "rag"),
    ):
        document = json.loads(render(step(facts, outcomes, plan, bar=90), TABLE, "json"))
        Draft202012Validator(schema).validate(document)


def test_a_plan_no_better_than_the_prompt_goes_back_to_it_also_without_a_bar():
    same = step(VOICE, run(3000, 2000), "lora", baseline=run(3000, 2000))
    worse = step(VOICE, run(300, 200), "lora", baseline=run(300, 240))
    for found in (same, worse):
        assert (found.move, found.reached) == ("step down", ("prompt",))
        assert learnt(found)["tried"] == ("lora",)


def test_the_baselines_own_score_says_how_the_prompt_did():
    found = step(
        {**VOICE, "prompt_result": "far"},
        run(3000, 2850),
        "lora",
        bar=90,
        baseline=run(3000, 2850),
    )
    assert learnt(found)["prompt_result"] == "passes"
    assert "tried" not in learnt(found)


def test_what_was_repaired_and_falls_short_again_is_left_behind():
    first = step(VOICE, run(300, 200), "lora", bar=90)
    again = step({**VOICE, "tried": ("lora",)}, run(300, 200), "lora", bar=90)
    assert (first.move, again.move) == ("repair", "stop")
    everything = ("prompt", "rag", "task_head", "lora", "full", "rag+lora", "rag+task_head")
    left = step({**VOICE, "tried": everything}, run(300, 200), "lora", bar=90)
    assert left.move == "stop"


def test_a_kept_plan_is_not_told_to_become_a_cheaper_one_that_nobody_measured():
    text = render(step(TICKETS, run(300, 290), "lora", bar=90), TABLE, "text")
    assert text.startswith("Keep it: LoRA.")
    assert "a cheaper plan could do, task head; nobody measured it" in " ".join(text.split())
    assert "Train a small task head" not in text


def test_at_the_bar_no_number_of_items_is_asked_for_that_nobody_collects():
    text = render(step(TICKETS, run(1000, 901), "prompt", bar=90), TABLE, "text")
    assert "It is at the bar" in text


def test_a_bar_that_is_a_share_is_asked_about(tmp_path):
    done = in_process("next", "--results", str(tmp_path / "a.jsonl"), "--bar", "0.9")
    assert (done.returncode, "write 90" in done.stderr) == (2, True)


@pytest.mark.parametrize("command", [["check", "compare"], ["check", "all"], ["check", "coverage"]])
def test_scores_of_another_scale_are_asked_about_and_read_when_it_is_named(tmp_path, command):
    files = []
    for name, top in (("old", 60), ("new", 80)):
        rows = [f'{{"id": {n}, "score": {top + n % 20}}}\n' for n in range(60)]
        (tmp_path / f"{name}.jsonl").write_text("".join(rows))
        files.append(str(tmp_path / f"{name}.jsonl"))
    files = files[:1] if command[-1] == "coverage" else files
    done = in_process(*command, *files)
    assert (done.returncode, "--best-score 100" in done.stderr) == (2, True)
    read = in_process(*command, *files, "--best-score", "100")
    assert read.returncode in (0, 3), read.stderr
    assert "bug" not in read.stderr
