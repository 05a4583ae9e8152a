"""Results of evaluation tools come out as the tool itself counts them, and bad files as one line."""

from __future__ import annotations

import csv
import io
import json
import re
import zipfile
from collections import Counter
from pathlib import Path

import pytest
from conftest import ROOT
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from adaptadvisor.errors import BadInput
from adaptadvisor.evidence.outcomes import Outcome, Results
from adaptadvisor.evidence.pairing import paired
from adaptadvisor.evidence.readers import TOOLS, any_tool, collect, packed, read, source

DATA = ROOT / "tests" / "data" / "eval-results"
FILES = {
    path.relative_to(DATA).as_posix(): path
    for path in sorted(DATA.rglob("*"))
    if path.is_file() and path.suffix != ".md"
}
TOTALS = re.compile(r"/(results_|eval-)[^/]*json$")
"""Files that have the results they sum up beside them."""
TICKETS = {f"t{number:02}" for number in range(1, 21)}
GEN, MC = (
    f"lm-eval/dummy/samples_tickets_{task}_2026-11-25T10-38-13.556957.jsonl"
    for task in ("gen", "mc")
)
JSON_LOG, EVAL_LOG = (
    next(name for name in FILES if name.startswith("inspect/logs/") and name.endswith(end))
    for end in (".json", ".eval")
)
PROMPT_RUN, HEAD_RUN = (f"deepeval/test_run_20261125_1039{second}.json" for second in (33, 35))


def sizes(results: Results) -> tuple[object, ...]:
    """Rows, items, systems, repeats, errors, right, wrong."""
    outcomes = results.outcomes
    verdicts = Counter(one.correct for one in outcomes)
    repeats = max(one.repeat for one in outcomes)
    return (
        len(outcomes),
        len({one.item for one in outcomes}),
        results.systems,
        repeats,
        results.errors,
        verdicts[True],
        verdicts[False],
    )


PROMPTFOO = ("promptfoo", (80, 20, ("rule", "flaky"), 2, 2, 65, 13))
EXPECTED = {
    "promptfoo/results.json": PROMPTFOO,
    "promptfoo/results.jsonl": PROMPTFOO,
    "promptfoo/results.csv": PROMPTFOO,
    "promptfoo": PROMPTFOO,
    GEN: ("lm-eval", (40, 20, ("dummy, filter first", "dummy, filter majority"), 1, 0, 0, 40)),
    MC: ("lm-eval", (20, 20, ("dummy",), 1, 0, 7, 13)),
    "lm-eval": (
        "lm-eval",
        (60, 40, ("dummy, filter first", "dummy, filter majority", "dummy"), 1, 0, 7, 53),
    ),
    JSON_LOG: ("Inspect", (60, 20, ("mockllm/model",), 3, 0, 53, 7)),
    EVAL_LOG: ("Inspect", (60, 20, ("mockllm/model",), 3, 0, 46, 14)),
    "inspect/logs-error/error.json": ("Inspect", (2, 2, ("mockllm/model",), 1, 2, 0, 0)),
    PROMPT_RUN: ("DeepEval", (60, 20, ("prompt",), 3, 0, 50, 10)),
    HEAD_RUN: ("DeepEval", (60, 20, ("head",), 3, 0, 56, 4)),
    "deepeval": ("DeepEval", (120, 20, ("prompt", "head"), 3, 0, 106, 14)),
    "ragas/head.csv": ("Ragas", (40, 20, ("head",), 2, 0, 37, 3)),
    "ragas/head.jsonl": ("Ragas", (40, 20, ("head",), 2, 0, 37, 3)),
    "ragas/prompt.csv": ("Ragas", (40, 20, ("prompt",), 2, 0, 35, 5)),
    "ragas/prompt.jsonl": ("Ragas", (40, 20, ("prompt",), 2, 0, 35, 5)),
    "ragas": ("Ragas", (80, 20, ("head", "prompt"), 2, 0, 72, 8)),
    "nemo/baseline": ("NeMo Evaluator", (60, 20, ("mock-prompt",), 3, 0, 57, 3)),
    "nemo/candidate/tickets/results.jsonl": (
        "NeMo Evaluator",
        (60, 20, ("mock-lora",), 3, 0, 49, 11),
    ),
    "nemo": ("NeMo Evaluator", (120, 20, ("mock-prompt", "mock-lora"), 3, 0, 106, 14)),
}


@pytest.mark.parametrize("name", EXPECTED)
def test_every_file_and_folder_gives_its_rows_items_systems_repeats_and_errors(name):
    results = read(DATA / name)
    assert (results.tool, sizes(results)) == EXPECTED[name]
    per_system = Counter(
        (one.item, one.system, one.variant, one.repeat) for one in results.outcomes
    )
    assert set(per_system.values()) == {1}


@pytest.mark.parametrize("name", [name for name in FILES if not TOTALS.search(name)])
def test_the_name_of_a_file_tells_nothing(name, tmp_path):
    file = FILES[name]
    other = tmp_path / "x"
    other.write_bytes(file.read_bytes())
    got = [(one.score, one.correct, one.error, one.output) for one in read(other).outcomes]
    assert got == [(one.score, one.correct, one.error, one.output) for one in read(file).outcomes]


def test_right_answers_are_as_many_as_each_tool_counts():
    stats = json.loads(FILES["promptfoo/results.json"].read_bytes())["results"]["stats"]
    ours = sizes(read(DATA / "promptfoo/results.json"))[-3:]
    assert ours == (stats["errors"], stats["successes"], stats["failures"])

    totals = json.loads(next(DATA.glob("lm-eval/*/results_*.json")).read_bytes())["results"]
    assert mean(read(DATA / MC)) == totals["tickets_mc"]["acc,none"]

    log = json.loads(FILES[JSON_LOG].read_bytes())
    assert mean(read(DATA / JSON_LOG)) == pytest.approx(
        log["results"]["scores"][0]["metrics"]["mean"]["value"]
    )

    for name in (PROMPT_RUN, HEAD_RUN):
        run = json.loads(FILES[name].read_bytes())
        assert sizes(read(DATA / name))[-2:] == (run["testPassed"], run["testFailed"])

    for side in ("baseline", "candidate"):
        bundle = json.loads(next(DATA.glob(f"nemo/{side}/*/eval-*.json")).read_bytes())
        assert mean(read(DATA / "nemo" / side)) == pytest.approx(
            bundle["benchmark"]["scores"]["summary"]["mean"]
        )


def mean(results: Results) -> float:
    scores = [one.score for one in results.outcomes if one.score is not None]
    return sum(scores) / len(scores)


@pytest.mark.parametrize(
    "name",
    [
        "promptfoo/results.csv",
        GEN,
        MC,
        JSON_LOG,
        EVAL_LOG,
        PROMPT_RUN,
        HEAD_RUN,
        "ragas/head.csv",
        "ragas/prompt.jsonl",
        "nemo/baseline",
        "nemo/candidate",
    ],
)
def test_the_20_tickets_are_the_same_items_in_all_six_tools(name):
    known = read(DATA / "promptfoo/results.json")
    assert {one.item for one in known.outcomes} == TICKETS
    other = paired(known, read(DATA / name))
    assert {one.item for one in other.outcomes} == TICKETS
    answers = {one.item: one.expected for one in known.outcomes}
    assert all(one.expected in ("", answers[one.item]) for one in other.outcomes)
    back = paired(read(DATA / name), known)
    assert {one.item for one in back.outcomes} == {one.item for one in read(DATA / name).outcomes}


@pytest.mark.parametrize(
    "name", ["promptfoo/results.json", GEN, JSON_LOG, EVAL_LOG, HEAD_RUN, "nemo/baseline"]
)
def test_mail_and_chat_are_a_slice_where_the_file_holds_them(name):
    outcomes = read(DATA / name).outcomes
    assert {frozenset(one.slices.values()) for one in outcomes} == {
        frozenset({"mail"}),
        frozenset({"chat"}),
    }
    assert {one.item for one in outcomes if "mail" in one.slices.values()} == {
        one.item for one in read(DATA / EVAL_LOG).outcomes if one.slices == {"slice": "mail"}
    }


def test_totals_lead_to_the_results_beside_them():
    totals = [path for name, path in FILES.items() if TOTALS.search(name)]
    assert len(totals) == 3
    for path in totals:
        assert read(path).outcomes == read(path.parent).outcomes


def test_a_run_that_ended_with_an_error_has_no_score_and_says_so():
    results = read(DATA / "inspect/logs-error/error.json")
    assert not results.complete
    assert {(one.score, one.correct) for one in results.outcomes} == {(None, None)}
    assert ["ConnectionError" in one.error for one in results.outcomes] == [True, False]
    assert "ended with an error" in results.notes[0]


def test_scores_of_a_run_that_ended_with_an_error_do_not_count(tmp_path):
    log = json.loads(FILES[JSON_LOG].read_bytes())
    results = read(
        _json(tmp_path, {**log, "status": "error", "error": {"message": "out of memory"}})
    )
    assert (results.complete, results.errors, len(results.outcomes)) == (False, 60, 60)
    cancelled = read(_json(tmp_path, {**log, "status": "cancelled"}))
    assert (cancelled.complete, sizes(cancelled)[-2:]) == (False, (53, 7))


def test_two_runs_of_one_system_in_a_folder_are_two_systems():
    results = read(DATA / "inspect/logs")
    assert len(results.systems) == 2
    assert all(one.startswith("mockllm/model (2026-11-25T11:06:") for one in results.systems)


def test_two_filters_are_two_systems_and_a_note_says_so():
    assert "2 filters (first, majority): each is a system" in " ".join(read(DATA / GEN).notes)


def test_a_failed_assertion_is_the_reason_and_no_error():
    outcomes = read(DATA / "promptfoo/results.json").outcomes
    assert {one.tags for one in outcomes if one.correct is False} == {("label",)}
    assert {one.error for one in outcomes if one.error} == {"simulated time-out"}


# Older layouts


def _json(folder: Path, content: object, name: str = "x.json") -> Path:
    file = folder / name
    file.write_text(json.dumps(content), encoding="utf-8")
    return file


def _lines(folder: Path, rows: list[dict[str, object]], name: str = "x.jsonl") -> Path:
    file = folder / name
    file.write_text("".join(f"{json.dumps(row)}\n" for row in rows), encoding="utf-8")
    return file


def _old_promptfoo() -> list[dict[str, object]]:
    """What version 2 kept of a result: no numbers, no reason of failure, a provider by id only."""
    document = json.loads(FILES["promptfoo/results.json"].read_bytes())
    kept = ("prompt", "vars", "response", "success", "score", "namedScores", "gradingResult")
    return [
        {key: row[key] for key in kept}
        | {"provider": {"id": row["provider"]["label"]}}
        | ({"error": row["error"]} if not row["success"] else {})
        for row in document["results"]["results"]
    ]


@pytest.mark.parametrize(
    "wrap",
    [
        lambda rows: {
            "results": {
                "version": 2,
                "results": rows,
                "stats": {"successes": 65, "failures": 15},
                "table": {},
            }
        },
        lambda rows: {"version": 2, "results": rows, "stats": {"successes": 65, "failures": 15}},
        lambda rows: {
            "version": 3,
            "results": {"prompts": [], "providers": [], "outputs": rows, "stats": {}},
        },
    ],
    ids=["version 2", "from the library", "outputs"],
)
def test_older_layouts_of_promptfoo_count_the_same(wrap, tmp_path):
    assert sizes(read(_json(tmp_path, wrap(_old_promptfoo())))) == PROMPTFOO[1]


def test_the_table_of_old_promptfoo_counts_the_same(tmp_path):
    rows = _old_promptfoo()
    of = {
        name: [row for row in rows if row["provider"]["id"] == name] for name in ("rule", "flaky")
    }
    prompts = [{"raw": "{{ticket}}", "provider": name} for name in of]
    body = [
        {
            "vars": [one["vars"]["ticket"]],
            "outputs": [
                {
                    "pass": row["success"],
                    "score": row["score"],
                    "text": row["response"].get("output"),
                    "gradingResult": row["gradingResult"],
                    "error": row.get("error"),
                }
                for row in (one, other)
            ],
        }
        for one, other in zip(of["rule"], of["flaky"], strict=True)
    ]
    document = {
        "results": {
            "version": 1,
            "table": {"head": {"vars": ["ticket"], "prompts": prompts}, "body": body},
            "stats": {},
        }
    }
    assert sizes(read(_json(tmp_path, document))) == PROMPTFOO[1]


def test_the_old_csv_of_promptfoo_has_the_verdict_in_the_cell(tmp_path):
    file = tmp_path / "x.csv"
    file.write_text(
        "ticket,[a] Say {{ticket}},[b] Say {{ticket}}\nhi,[PASS] (1.00) hello,[FAIL] (0.25) no\n"
    )
    results = read(file)
    assert [(one.system, one.correct, one.score, one.output) for one in results.outcomes] == [
        ("a", True, 1.0, "hello"),
        ("b", False, 0.25, "no"),
    ]


def test_old_samples_of_lm_eval_are_a_list_without_names_of_metrics(tmp_path):
    rows = [json.loads(line) for line in FILES[MC].read_text().splitlines()]
    for row in rows:
        row["arguments"] = [[one["arg_0"], one["arg_1"]] for one in row["arguments"].values()]
        del row["metrics"], row["filter"], row["prompt_hash"], row["target_hash"]
    results = read(_json(tmp_path, rows))
    assert sizes(results) == (20, 20, ("",), 1, 0, 7, 13)
    assert results.outcomes[0].output == read(DATA / MC).outcomes[0].output == "billing"
    assert results.outcomes[0].input.startswith("Ticket: ")


def test_a_sample_of_the_first_inspect_has_one_score_without_a_name(tmp_path):
    log = json.loads(FILES[JSON_LOG].read_bytes()) | {"version": 1}
    log["results"] = {"scorer": {"name": "exact"}}
    for sample in log["samples"]:
        sample["score"] = sample.pop("scores")["exact"]
        del sample["output"]["completion"]
    assert sizes(read(_json(tmp_path, log))) == EXPECTED[JSON_LOG][1]
    assert read(tmp_path / "x.json").outcomes[0].output == "billing"


def test_the_latest_run_and_the_old_metrics_of_deepeval_count_the_same(tmp_path):
    run = json.loads(FILES[HEAD_RUN].read_bytes())
    assert (
        sizes(
            read(
                _json(tmp_path, {"testRunData": run, "testRunLink": None}, ".latest_test_run.json")
            )
        )
        == EXPECTED[HEAD_RUN][1]
    )
    for case in run["testCases"]:
        case["metricsMetadata"] = [
            {"metric": one.pop("name"), **one} for one in case.pop("metricsData")
        ]
    assert sizes(read(_json(tmp_path, run))) == EXPECTED[HEAD_RUN][1]


def test_ragas_0_1_asks_questions_and_has_a_ground_truth(tmp_path):
    rows = [
        {
            "question": "Why?",
            "answer": "So",
            "contexts": ["c"],
            "ground_truth": "So",
            "faithfulness": 0.5,
            "answer_relevancy": 1.0,
        }
    ]
    results = read(_lines(tmp_path, rows * 2))
    assert [
        (one.item, one.repeat, one.score, one.correct, one.passages) for one in results.outcomes
    ] == [("Why?", 1, 0.5, None, ("c",)), ("Why?", 2, 0.5, None, ("c",))]
    assert any("graded" in note for note in results.notes)


# What a score is worth


def _inspect(values: list[object]) -> dict[str, object]:
    samples = [
        {
            "id": at,
            "epoch": 1,
            "input": "i",
            "target": "t",
            "output": {},
            "scores": {"s": {"value": value}},
        }
        for at, value in enumerate(values)
    ]
    return {
        "version": 2,
        "status": "success",
        "eval": {"task": "t", "model": "m"},
        "samples": samples,
    }


@pytest.mark.parametrize(
    ("values", "scores", "verdicts"),
    [
        (["C", "I", "P", "N"], [1, 0, 0.5, 0], [True, False, False, False]),
        ([1, 0, 1.0], [1, 0, 1], [True, False, True]),
        ([True, False], [1, 0], [True, False]),
        ([0.3, 0.9], [0.3, 0.9], [None, None]),
        (["yes", "no"], [1, 0], [True, False]),
        ([{"a": 1, "b": 0}, {"a": 0, "b": 1}], [1, 0], [True, False]),
    ],
)
def test_inspect_scores_are_letters_numbers_truths_and_several_in_one(
    values, scores, verdicts, tmp_path
):
    outcomes = read(_json(tmp_path, _inspect(values))).outcomes
    assert [one.score for one in outcomes] == scores
    assert [one.correct for one in outcomes] == verdicts


def test_a_sample_without_a_score_is_an_error_and_no_wrong_answer(tmp_path):
    log = _inspect(["C", "I", "C"])
    log["samples"][1] |= {"scores": {}, "limit": {"type": "token", "limit": 5}}
    outcomes = read(_json(tmp_path, log)).outcomes
    assert [(one.correct, one.error, one.tags) for one in outcomes][1] == (
        None,
        "no score, token limit",
        ("token limit",),
    )


def test_another_metric_can_count(tmp_path):
    log = _inspect([{"a": 1, "b": 0}, {"a": 1, "b": 1}])
    results = read(_json(tmp_path, log), metric="s.b")
    assert ([one.score for one in results.outcomes], results.metric) == ([0, 1], "s.b")
    assert results.outcomes[0].metrics == {"s.a": 1, "s.b": 0}
    assert read(DATA / "promptfoo/results.json", metric="label").errors == 2


@pytest.mark.parametrize(
    ("name", "there"),
    [
        ("promptfoo/results.csv", '"label" or "pass"'),
        (GEN, '"exact_match"'),
        (EVAL_LOG, '"exact"'),
        (HEAD_RUN, '"Same label"'),
        ("ragas/head.csv", '"exact_match"'),
        ("nemo", '"reward"'),
        ("lm-eval", '"'),
    ],
)
def test_an_unknown_metric_is_told_with_those_that_are_there(name, there):
    line = bad(DATA / name, metric="blue")
    assert "error[unknown-metric]" in line
    assert there in line


def test_deepeval_counts_a_case_as_right_when_all_metrics_pass(tmp_path):
    def case(*passed: bool) -> dict[str, object]:
        return {
            "name": "test_case_0",
            "input": f"q{passed}",
            "actualOutput": "a",
            "success": all(passed),
            "metricsData": [
                {"name": f"m{at}", "score": 0.7, "success": one} for at, one in enumerate(passed)
            ],
        }

    broken = case(True, True) | {
        "metricsData": [{"name": "m0", "error": "judge timed out", "success": False}]
    }
    results = read(_json(tmp_path, {"testCases": [case(True, True), case(True, False), broken]}))
    assert [(one.correct, one.tags) for one in results.outcomes[:2]] == [
        (True, ()),
        (False, ("m1",)),
    ]
    assert results.outcomes[2].error == "m0: judge timed out"
    assert [one.correct for one in read(tmp_path / "x.json", metric="m0").outcomes] == [
        True,
        True,
        None,
    ]


def test_several_prompts_are_variants_and_part_of_the_system(tmp_path):
    rows = [
        {
            "testIdx": at,
            "promptIdx": number,
            "provider": {"id": "p"},
            "prompt": {"label": label, "raw": f"{label} {at}"},
            "vars": {"q": at},
            "success": True,
            "score": 1,
            "failureReason": 0,
        }
        for at in range(4)
        for number, label in enumerate(["Be brief: {{q}}", "Answer: {{q}}"])
    ]
    results = read(_lines(tmp_path, rows))
    assert results.systems == ("p, prompt 1: Be brief: {{q}}", "p, prompt 2: Answer: {{q}}")
    assert {one.repeat for one in results.outcomes} == {1}
    assert {one.variant for one in results.outcomes} == {"1: Be brief: {{q}}", "2: Answer: {{q}}"}


def test_the_text_of_a_prompt_is_no_part_of_its_name_where_a_config_names_it(tmp_path):
    """As promptfoo writes the text of a file behind the label that a config gives it and the path."""
    prompts = [
        {
            "label": f"{name}: prompt.txt: Answer {word}: {{{{q}}}}",
            "raw": f"Answer {word}: {{{{q}}}}",
        }
        for name, word in (("short", "briefly"), ("long", "at length"))
    ]
    results = [
        {
            "testIdx": at,
            "promptIdx": number,
            "provider": {"id": "p"},
            "prompt": {"label": prompt["label"], "raw": f"filled in {at}"},
            "vars": {"q": at},
            "success": True,
            "score": 1,
            "failureReason": 0,
        }
        for at in range(4)
        for number, prompt in enumerate(prompts)
    ]
    file = tmp_path / "prompt.json"
    file.write_text(json.dumps({"results": {"version": 3, "results": results, "prompts": prompts}}))
    assert read(file).systems == ("p, prompt 1: short: prompt.txt", "p, prompt 2: long: prompt.txt")


# Our own format


def test_our_own_columns(tmp_path):
    row = {
        "id": "a",
        "input": "i",
        "output": "o",
        "expected": "e",
        "correct": "yes",
        "slice.channel": "mail",
        "date": "2026-01-02",
        "variant": "v2",
        "repeat": 0,
        "run": "head",
        "annotator": "ann",
        "tags": "format; missing passage",
        "p_bug": 0.25,
        "passages": ["p1", "p2"],
    }
    wanted = Outcome(
        item="a",
        system="head",
        repeat=1,
        score=1.0,
        correct=True,
        input="i",
        output="o",
        expected="e",
        passages=("p1", "p2"),
        slices={"channel": "mail", "annotator": "ann"},
        metrics={"p_bug": 0.25},
        variant="v2",
        date="2026-01-02",
        tags=("format", "missing passage"),
        line=1,
    )
    got = read(_lines(tmp_path, [row, row | {"repeat": 1, "correct": False}])).outcomes
    assert (got[0], got[1].repeat, got[1].correct, got[1].score) == (wanted, 2, False, 0.0)
    table = io.StringIO()
    writer = csv.DictWriter(table, row)
    writer.writeheader()
    writer.writerow(row | {"passages": "['p1', 'p2']"})
    (tmp_path / "x.csv").write_text(table.getvalue())
    from dataclasses import replace

    assert read(tmp_path / "x.csv").outcomes == (replace(wanted, line=2),)


@pytest.mark.parametrize("sign", [";", "\t", ","])
def test_cells_may_stand_between_commas_semicolons_and_tabs(sign, tmp_path):
    (tmp_path / "x.csv").write_text(
        f"id{sign}correct{sign}error\na{sign}1{sign}\nb{sign}0{sign}\nc{sign}{sign}time-out\nd{sign}{sign}\n",
        encoding="utf-8-sig",
    )
    outcomes = read(tmp_path / "x.csv").outcomes
    assert [(one.item, one.correct, one.error) for one in outcomes] == [
        ("a", True, ""),
        ("b", False, ""),
        ("c", None, "time-out"),
        ("d", None, "no score"),
    ]


def test_a_mapping_names_their_columns_also_inside_objects(tmp_path):
    file = _lines(tmp_path, [{"q": {"no": 7, "text": "Why?"}, "passed": True}])
    [outcome] = read(file, mapping={"id": "q.no", "input": "q.text", "correct": "passed"}).outcomes
    assert (outcome.item, outcome.input, outcome.correct) == ("7", "Why?", True)
    assert 'no column "pased"; there is "q" or "passed"; did you mean "passed"?' in bad(
        file, mapping={"id": "q.no", "correct": "pased"}
    )
    assert 'did you mean "correct"?' in bad(file, mapping={"corect": "passed"})
    assert "error[missing-column]" in bad(file, mapping={"correct": "passed"})


def test_without_a_verdict_output_and_expected_are_compared_and_a_note_says_so(tmp_path):
    results = read(
        _lines(
            tmp_path,
            [
                {"id": 1, "output": " yes\n", "expected": "yes"},
                {"id": 2, "output": "no", "expected": "yes"},
            ],
        )
    )
    assert [one.correct for one in results.outcomes] == [True, False]
    assert results.notes[0].startswith("2 answers are judged here")


def test_a_column_is_a_slice_only_if_it_groups_items(tmp_path):
    rows = [
        {
            "id": at,
            "correct": True,
            "expected": "ab"[at % 2],
            "label_no": at % 2,
            "channel": "xyz"[at % 3],
            "split": "test",
            "key": f"k{at}",
            "mood": "uv"[(at + again) % 2],
            "long": "w" * 100 * (at % 2),
        }
        for at in range(12)
        for again in range(2)
    ]
    assert {name for one in read(_lines(tmp_path, rows)).outcomes for name in one.slices} == {
        "channel"
    }


def test_an_id_that_stands_for_two_items_is_not_used(tmp_path):
    rows = [{"problem_idx": at, "reward": 1, "metadata": {"id": "same"}} for at in range(2)]
    results = read(_lines(tmp_path, rows))
    assert [one.item for one in results.outcomes] == ["0", "1"]
    assert 'Ids are not used: "same" stands for 2 different items.' in results.notes


def test_a_file_that_holds_less_than_its_tool_counted_is_not_complete(tmp_path):
    document = json.loads(FILES["promptfoo/results.json"].read_bytes())
    del document["results"]["results"][70:]
    results = read(_json(tmp_path, document))
    assert (results.complete, len(results.outcomes)) == (False, 70)
    assert "counted 80 results, the file holds 70" in results.notes[0]


# Bad files


def bad(path: Path, **options: object) -> str:
    """The only line that a bad file gets."""
    with pytest.raises(BadInput) as caught:
        read(path, **options)
    line = str(caught.value)
    assert len(caught.value.problems) == 1
    assert line.isprintable()
    assert len(line) < 700
    return line


GOOD = b'{"id": 1, "correct": true}\n{"id": 2, "correct": false}\n'
BAD = {
    "empty": (b"", "empty"),
    "blank": (b" \n\n", "empty"),
    "zeros": (b"\0" * 5000, "unknown-format"),
    "picture": (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", "unknown-format"),
    "gzip": (b"\x1f\x8b\x08" + b"a" * 20, "unknown-format"),
    "Parquet": (b"PAR1\x15\x04", "unknown-format"),
    "HTML": (b"<!doctype html><html></html>", "unknown-format"),
    "UTF-16": ('{"id": 1, "correct": true}'.encode("utf-16"), "not-utf-8"),
    "Latin-1": (GOOD + '{"id": "ü", "correct": true}\n'.encode("latin-1"), "not-utf-8"),
    "Latin-1 table": ("id,correct\nü,1\n".encode("latin-1"), "not-utf-8"),
    "half a line": (GOOD + b'{"id": 3, "corr', "truncated"),
    "half a document": (FILES[JSON_LOG].read_bytes()[:100_000], "truncated"),
    "half a cell": (b'id,correct,output\na,1,"never\ncloses', "truncated"),
    "half a row": (b"id,correct,output\na,1,x\nb,1", "wrong-width"),
    "zeros after a crash": (GOOD * 100 + b"\0" * 30 + b"\n", "syntax"),
    "broken line": (GOOD + b'{"id": 3 "correct": true}\n' + GOOD, "syntax"),
    "list in a line": (GOOD + b"[1, 2]\n", "not-an-object"),
    "list of numbers": (b"[1, 2, 3]", "not-an-object"),
    "deep": (b'{"a":' * 100_000, "syntax"),
    "long number": (b'{"id": ' + b"9" * 10_000 + b', "correct": true}', "syntax"),
    "foreign JSON": (b'{"name": "x", "version": "1.0"}', "unknown-format"),
    "foreign lines": (b'{"messages": []}\n{"messages": []}\n', "unknown-format"),
    "foreign table": (b"name,age\nx,3\n", "unknown-format"),
    "prose": (b"Dear all, the results are fine.\n", "unknown-format"),
    "header only": (b"id,correct\n", "no-results"),
    "verdict": (b'{"id": 1, "correct": "maybe"}\n', "not-a-verdict"),
    "score": (b'{"id": 1, "score": "high"}\n', "not-a-number"),
    "no id": (b'{"id": "", "correct": true}\n', "missing-id"),
    "changed rows": (GOOD + b'{"name": 1}\n', "missing-column"),
    "ends of lines of old Macs": (b"id,correct\r1,1\r2,0\r", "syntax"),
    "two columns of a name": (b"id,correct,id\n1,1,1\n", "duplicate-column"),
    "ZIP": (b"PK\x03\x04" + b"\0" * 50, "damaged-zip"),
    "half a log": (FILES[EVAL_LOG].read_bytes()[:50_000], "damaged-zip"),
    "log without samples": (
        b'{"status": "success", "eval": {"task": "t"}, "samples": []}',
        "no-samples",
    ),
    "totals alone": (next(DATA.glob("lm-eval/*/results_*.json")).read_bytes(), "no-samples"),
    "totals of NeMo alone": (next(DATA.glob("nemo/*/*/eval-*.json")).read_bytes(), "no-samples"),
}


@pytest.mark.parametrize("kind", BAD)
def test_a_bad_file_gets_one_clear_line(kind, tmp_path):
    data, code = BAD[kind]
    (tmp_path / "x").write_bytes(data)
    line = bad(tmp_path / "x")
    assert line.startswith(f"{tmp_path / 'x'}")
    assert f"error[{code}]" in line


def test_lines_name_the_place(tmp_path):
    (tmp_path / "x").write_bytes(BAD["broken line"][0])
    assert bad(tmp_path / "x").startswith(f"{tmp_path / 'x'}:3:10: ")
    (tmp_path / "x").write_bytes(BAD["Latin-1"][0])
    assert bad(tmp_path / "x").startswith(f"{tmp_path / 'x'}:3:9: ")


def test_what_is_no_file_or_no_tool_gets_one_clear_line(tmp_path):
    assert "error[missing-file]" in bad(tmp_path / "none.json")
    assert "error[no-results]" in bad(tmp_path)
    assert "error[several-tools]" in bad(DATA)
    assert read(DATA, tool="ragas").tool == "Ragas"
    assert 'no reader for "promptfo"' in bad(DATA, tool="promptfo")
    assert "no result of Ragas, but of promptfoo" in bad(
        DATA / "promptfoo/results.csv", tool="ragas"
    )
    assert "error[mapping]" in bad(DATA / "ragas/head.csv", tool="Ragas", mapping={"id": "x"})


@pytest.mark.parametrize("tool", TOOLS)
def test_every_tool_can_be_named(tool):
    names = {found: name for name, (found, _) in EXPECTED.items()}
    if tool in names:
        assert read(DATA / names[tool], tool=tool.upper()).tool == tool


@pytest.mark.parametrize("content", [GOOD, b"id,correct\n1,1\n2,0\n"], ids=["lines", "table"])
def test_large_files_are_read_line_by_line(content, tmp_path, monkeypatch):
    monkeypatch.setattr(source, "MOST_OF_A_DOCUMENT", 10)
    monkeypatch.setattr(Path, "read_bytes", None)
    (tmp_path / "x").write_bytes(content)
    assert len(read(tmp_path / "x").outcomes) == 2


def test_five_gigabytes_of_nothing_get_one_clear_line(tmp_path):
    """A sparse file: its size is in the folder, and not on the disk."""
    with (tmp_path / "x").open("wb") as file:
        file.truncate(5_000_000_000)
    assert "it is no text" in bad(tmp_path / "x")
    with (tmp_path / "y").open("wb") as file:
        file.write(b'{"results": {')
        file.truncate(5_000_000_000)
    assert "error" in bad(tmp_path / "y")
    with (tmp_path / "z").open("wb") as file:
        file.write(GOOD)
        file.truncate(5_000_000_000)
    assert "it is no text" in bad(tmp_path / "z")


def test_what_is_too_large_gets_one_clear_line(tmp_path, monkeypatch):
    monkeypatch.setattr(source, "MOST_OF_A_DOCUMENT", 1000)
    assert "one JSON document of more than" in bad(DATA / PROMPT_RUN)
    monkeypatch.setattr(source, "MOST_OF_A_LINE", 1000)
    (tmp_path / "x").write_bytes(GOOD + b'{"id": "' + b"a" * 2000 + b'", "correct": true}\n')
    assert ":3:1: error[too-large]: the line is longer" in bad(tmp_path / "x")
    (tmp_path / "x").write_bytes(b"id,correct,output\n1,1," + b"a" * 2000 + b"\n")
    assert "error[too-large]: the line is longer" in bad(tmp_path / "x")
    (tmp_path / "x").write_bytes(b'id,correct,output\n1,1,"' + b"aaaa\n" * 2000)
    assert "a quote that opens in this row does not close" in bad(tmp_path / "x")
    monkeypatch.setattr(packed, "MOST_OF_A_MEMBER", 1000)
    assert "is larger than" in bad(DATA / EVAL_LOG)


def test_more_results_than_are_held_at_once_get_one_clear_line(tmp_path, monkeypatch):
    monkeypatch.setattr(collect, "MOST_OUTCOMES", 19)
    for name in (
        MC,
        EVAL_LOG,
        HEAD_RUN,
        "ragas/head.csv",
        "nemo/baseline",
        "promptfoo/results.jsonl",
    ):
        assert "error[too-large]: more than 19 results" in bad(DATA / name)
    monkeypatch.setattr(collect, "MOST_OUTCOMES", 2_000_000)
    monkeypatch.setattr(collect, "MOST_CHARACTERS", 100)
    for name in (MC, EVAL_LOG, HEAD_RUN, "ragas/head.csv", "promptfoo/results.jsonl"):
        assert "error[too-large]: more than 100 characters of texts" in bad(DATA / name)
    monkeypatch.setattr(any_tool, "MOST_FILES", 1)
    assert "files that may hold results" in bad(DATA)


def test_without_zstandard_the_line_says_how_to_convert(monkeypatch):
    def nothing(name: str) -> object:
        raise ImportError(name)

    monkeypatch.setattr(packed, "import_module", nothing)
    line = bad(DATA / EVAL_LOG)
    assert f"inspect log convert {DATA / EVAL_LOG} --to json --output-dir" in line
    assert "adaptadvisor[inspect]" in line


def test_a_log_packed_as_zip_files_usually_are_is_read_too(tmp_path):
    log = json.loads(FILES[JSON_LOG].read_bytes())
    file = tmp_path / "x.eval"
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for sample in log["samples"]:
            archive.writestr(
                f"samples/{sample['id']}_epoch_{sample['epoch']}.json", json.dumps(sample)
            )
        archive.writestr("header.json", json.dumps({**log, "samples": None}))
    assert sizes(read(file)) == EXPECTED[JSON_LOG][1]


def test_a_log_that_is_still_written_is_not_complete(tmp_path):
    log = json.loads(FILES[JSON_LOG].read_bytes())
    file = tmp_path / "x.eval"
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("_journal/start.json", json.dumps({"version": 2, "eval": log["eval"]}))
        archive.writestr("samples/t01_epoch_1.json", json.dumps(log["samples"][0]))
    results = read(file)
    assert (results.complete, len(results.outcomes)) == (False, 1)


SMALL = [
    name
    for name in EXPECTED
    if (DATA / name).is_file() and name != JSON_LOG and not name.startswith("inspect/logs-error")
]


def survives(data: bytes, folder: Path) -> None:
    file = folder / "x"
    file.write_bytes(data)
    try:
        results = read(file)
    except BadInput:
        bad(file)
        return
    assert results.outcomes
    assert all(one.repeat >= 1 for one in results.outcomes)
    assert not any(one.error and one.correct is not None for one in results.outcomes)


@pytest.mark.parametrize("name", SMALL)
@settings(
    max_examples=20, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None
)
@given(share=st.floats(0, 1))
@example(share=1.0)
def test_a_file_cut_anywhere_gives_results_or_one_line(name, share, tmp_path):
    data = FILES[name].read_bytes()
    survives(data[: int(len(data) * share)], tmp_path)


@pytest.mark.parametrize("name", SMALL)
@settings(
    max_examples=20, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None
)
@given(data=st.data())
def test_a_file_with_flipped_bytes_gives_results_or_one_line(name, data, tmp_path):
    content = bytearray(FILES[name].read_bytes())
    for at in data.draw(st.lists(st.integers(0, len(content) - 1), min_size=1, max_size=5)):
        content[at] ^= data.draw(st.integers(1, 255))
    survives(bytes(content), tmp_path)


ANY = st.recursive(
    st.none() | st.booleans() | st.floats() | st.integers() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3)
    ),
    max_leaves=6,
)
KEYS = {
    "promptfoo": (
        "testIdx",
        "promptIdx",
        "vars",
        "provider",
        "success",
        "score",
        "namedScores",
        "gradingResult",
        "response",
        "testCase",
        "metadata",
        "error",
        "prompt",
    ),
    "lm-eval": (
        "doc_id",
        "doc",
        "resps",
        "filtered_resps",
        "arguments",
        "metrics",
        "acc",
        "filter",
        "target",
        "doc_hash",
    ),
    "NeMo": (
        "problem_idx",
        "reward",
        "repeat",
        "metadata",
        "scorer_rewards",
        "scoring_details",
        "prompt",
    ),
    "Ragas": ("user_input", "response", "reference", "retrieved_contexts", "faithfulness"),
    "own": (
        "id",
        "input",
        "correct",
        "score",
        "output",
        "expected",
        "repeat",
        "tags",
        "slice",
        "passages",
        "p_a",
        "date",
    ),
}


@pytest.mark.parametrize("tool", KEYS)
@settings(
    max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None
)
@given(data=st.data())
def test_any_value_under_any_key_gives_results_or_one_line(tool, data, tmp_path):
    row = st.fixed_dictionaries(
        {}, optional=dict.fromkeys(KEYS[tool], ANY)
    ) | st.fixed_dictionaries(dict.fromkeys(KEYS[tool], ANY))
    rows = data.draw(st.lists(row, min_size=1, max_size=3))
    survives("".join(f"{json.dumps(one)}\n" for one in rows).encode(), tmp_path)


@settings(
    max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None
)
@given(data=st.data())
def test_any_value_in_a_document_gives_results_or_one_line(data, tmp_path):
    sample = st.fixed_dictionaries(
        dict.fromkeys(
            (
                "id",
                "epoch",
                "input",
                "target",
                "output",
                "scores",
                "metadata",
                "error",
                "choices",
                "attachments",
            ),
            ANY,
        )
    )
    case = st.fixed_dictionaries(
        dict.fromkeys(
            ("name", "input", "expectedOutput", "metricsData", "success", "tags", "metadata"), ANY
        )
    )
    samples, cases, some = (
        data.draw(st.lists(sample, max_size=3)),
        data.draw(st.lists(case, max_size=3)),
        data.draw(ANY),
    )
    for document in (
        {
            "status": some,
            "eval": {"task": some, "model": some},
            "samples": samples,
            "results": some,
        },
        {"testCases": cases, "identifier": some},
        {"results": {"table": {"head": some, "body": [some]}, "stats": some}},
        {"results": {"results": [some], "stats": {"errors": some}}},
    ):
        survives(json.dumps(document).encode(), tmp_path)


# Folders and pairs


def test_older_samples_of_a_task_are_left_out_and_a_note_names_them(tmp_path):
    for name in (MC, GEN):
        (tmp_path / Path(name).name).write_bytes(FILES[name].read_bytes())
    old = tmp_path / "samples_tickets_mc_2025-01-01T00-00-00.000000.jsonl"
    old.write_bytes(b"".join(FILES[MC].read_bytes().splitlines(keepends=True)[:5]))
    results = read(tmp_path)
    assert len(results.outcomes) == 60
    assert f"Older samples of the same task are left out: {old.name}." in results.notes


def test_tasks_without_the_metric_asked_for_are_left_out_and_a_note_names_them():
    results = read(DATA / "lm-eval", metric="acc")
    assert (results.metric, len(results.outcomes)) == ("acc", 20)
    assert any(
        "Without the metric acc, so left out: samples_tickets_gen" in note for note in results.notes
    )


def test_a_folder_passes_over_what_is_no_result_and_says_what_it_could_not_read(tmp_path):
    (tmp_path / "settings.json").write_text('{"a": 1}')
    (tmp_path / "half.jsonl").write_bytes(b'{"id": 1')
    (tmp_path / "run.csv").write_bytes(FILES["ragas/head.csv"].read_bytes())
    results = read(tmp_path)
    assert len(results.outcomes) == 40
    assert any("half.jsonl" in note for note in results.notes)


def test_several_tags_of_deepeval_are_slices_of_yes_and_no(tmp_path):
    cases = [
        {
            "input": f"q{at}",
            "success": True,
            "metricsData": [],
            "tags": ["mail"] if at % 2 else ["chat", "new"] if at % 4 else ["chat"],
        }
        for at in range(12)
    ]
    outcomes = read(_json(tmp_path, {"testCases": cases})).outcomes
    assert outcomes[1].slices == {"tag chat": "no", "tag new": "no"}  # mail is what is not chat


def _results(*items: tuple[str, str]) -> Results:
    return Results(
        file="f", tool="own", outcomes=tuple(Outcome(item=name, input=text) for name, text in items)
    )


def test_items_pair_by_input_without_the_prompt_around_it():
    plain = _results(("a", "Why is it red?"), ("b", "How much is it?"))
    asked = _results(
        ("1", "Answer this: How much is it? Be brief."),
        ("2", "Answer this: why is  it RED? Be brief."),
    )
    assert [one.item for one in paired(plain, asked).outcomes] == ["b", "a"]
    assert "2 of 2 items are matched by their input" in paired(plain, asked).notes[0]


def test_items_pair_by_name_where_names_mean_the_same():
    one, other = _results(("a", "x"), ("b", "y"), ("c", "z")), _results(("a", "y"), ("b", "x"))
    assert paired(one, other) is other


def test_an_input_of_two_items_pairs_with_nothing():
    one, other = (
        _results(("a", "same"), ("b", "same"), ("c", "own")),
        _results(("1", "same"), ("2", "own")),
    )
    assert [each.item for each in paired(one, other).outcomes] == ["1", "c"]
    assert paired(one, _results(("1", ""), ("2", ""))).notes == ()
