"""From what people see to causes, each with a test; the likelier first, none of them proven."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from conftest import RULES, Terminal, at_terminal, fewer, in_process
from hypothesis import given, settings
from hypothesis import strategies as st

from adaptadvisor.cli.app import CHECKS
from adaptadvisor.errors import BadInput
from adaptadvisor.evidence import check_report, training_log
from adaptadvisor.evidence.diagnose import Diagnosis, diagnose, symptoms_of, worth_asking
from adaptadvisor.evidence.nearest import nearest
from adaptadvisor.reading.tables import load_table
from adaptadvisor.render import diagnosis as shows
from adaptadvisor.table.facts import Value
from adaptadvisor.table.hearing import hears, line_of, words_of
from adaptadvisor.table.symptoms import CHECK_SIGNS, EFFORTS

TABLE = load_table(RULES)


def _words(found: Diagnosis) -> str:
    return " ".join(shows.render(found, TABLE, "text").split())


PRACTITIONERS: dict[str, tuple[tuple[str, ...], dict[str, Value], tuple[str, ...]]] = {
    "forgot the old, half learnt the new": (
        (
            "LoRA, rank 8: old knowledge is forgotten, the new one only partly learnt",
            "it forgot how to hold a normal conversation and only partly learned the API format",
        ),
        {"task": "write", "examples": 23_000, "keep_general": True, "tried": ("lora",)},
        (
            "mix 1 to 5 % general data in",
            "keep or raise the rate",
            "train longer on the mix",
            "the embedding and the output layer need no training",
        ),
    ),
    "raw text on a chat model": (
        (
            "Continued pretraining of an instruct model on books makes its chat chaotic; a bug?",
            "we went on pretraining the chat model on raw text and it ignores instructions now",
        ),
        {"task": "write", "domain_tokens": 2_000_000_000, "tried": ("full",)},
        (
            "it is this and no bug",
            "train the base model on the text at a low rate with 1 to 5 % replay",
            "then tune it on instructions",
            "Do not go on pretraining a chat model",
        ),
    ),
    "search got worse": (
        (
            "tuning the embedder with 5 negatives a row makes retrieval worse after one epoch",
            "recall dropped when we trained the encoder on mined negatives",
        ),
        {"task": "match", "examples": 13_000, "tried": ("task_head",)},
        (
            "are among the mined or in-batch negatives",
            "prefix or instruction for queries or passages is missing",
            "uses another corpus",
            "too many steps",
            "untouched model and BM25",
        ),
    ),
    "rewards stay low": (
        (
            "GRPO gives no gain on our code model, rewards stay low",
            "the reward does not rise with PPO",
        ),
        {"task": "code", "main_error": "skill", "tried": ("full",)},
        (
            "Rewards only strengthen what the model can do",
            "worked-out solutions (chains of thought)",
        ),
    ),
    "overfits": (
        (
            "150 epochs, rank 1, rate 3e-3: training loss falls and validation loss rises",
            "eval loss goes up while the train loss goes down, r 1, lr rate 0.003, 150 passes",
        ),
        {"task": "answer", "examples": 1_300, "eval_examples": 150, "tried": ("lora",)},
        (
            "too many passes",
            "learning rate is far too high",
            "Rank 16 or more",
            "early stopping",
        ),
    ),
    "facts by tuning": (
        ("it was tuned on our own data and gives wrong answers; how does it answer only from it",),
        {"task": "answer", "main_error": "knowledge", "private_knowledge": True},
        ("retrieve it (RAG)", "answer from it only or decline"),
    ),
    "never stops": (
        ("after tuning it repeats itself and never stops", "the model doesn't stop generating"),
        {"task": "answer", "main_error": "format", "tried": ("lora",)},
        ("the padding token is the same token", "chat template", "padding a token of its own"),
    ),
    "declines too little": (
        ("DPO made it worse than the reference where it should say that it does not know",),
        {"task": "answer", "preference_pairs": 2_000, "tried": ("lora",)},
        ("raise beta", '"I do not know" is the right or preferred reply', "which is no fault"),
    ),
    "sums over tables": (
        ("filters and sums over many rows of our tables go wrong",),
        {"task": "answer", "tried": ("rag",)},
        ("write a query (SQL",),
    ),
    "sounds as before": (
        ("mails still sound stiff after tuning on pairs of sentences",),
        {"task": "write", "main_error": "style", "tried": ("lora",)},
        ("the pairs do not look like real use", "50 real requests exactly as they arrive"),
    ),
}
CASES = [(said, facts, points) for ways, facts, points in PRACTITIONERS.values() for said in ways]


@pytest.mark.parametrize(("said", "facts", "points"), CASES)
def test_who_says_what_went_wrong_hears_what_an_expert_would_say(
    said: str, facts: dict[str, Value], points: tuple[str, ...]
) -> None:
    shown = _words(diagnose(TABLE, facts, said)).lower()
    assert [point for point in points if point.lower() not in shown] == []


@pytest.mark.parametrize(
    ("said", "name"),
    [
        ("the loss goes down nicely and the answers are bad", "The loss falls"),
        ("catastrophic forgetting", "It forgets"),
        ("it won't output valid JSON, the format is wrong", "It ignores the format"),
        ("it refuses normal questions", "It refuses"),
        ("it parrots the input", "It copies"),
        ("it hallucinates with the right passage in the context", "It invents"),
        ("retrieval misses the right chunk", "What is needed"),
        ("all predictions are the same class", "It gives everything"),
        ("the score differs from seed to seed", "Each run"),
        ("worse after merging", "Worse after merging"),
        ("after quantizing to 4 bits it is worse", "Worse after merging"),
        ("it replies in the wrong language", "It answers in the wrong"),
        ("the tuned model is worse than the base model", "Worse than the base"),
        ("nothing changed, the replies are the same as before", "The tuned model answers like"),
        ("out of memory", "Training runs out"),
        ("the loss is nan", "The run hardly learns"),
    ],
)
def test_a_symptom_is_recognised_in_plain_words(said: str, name: str) -> None:
    names = [seen.name for seen in diagnose(TABLE, {}, said).symptoms]
    assert any(each.startswith(name) for each in names), names


@pytest.mark.parametrize("row", symptoms_of(TABLE), ids=lambda row: row.id)
def test_every_symptom_is_recognised_by_its_name_and_each_cause_has_a_test(row) -> None:  # type: ignore[no-untyped-def]
    found = diagnose(TABLE, {}, row.name)
    assert row.id in [seen.id for seen in found.symptoms]
    for cause in row.causes:
        assert cause.test.rstrip().endswith(".")
        assert cause.effort in EFFORTS
        assert cause.repair


def test_every_symptom_of_the_table_can_be_diagnosed() -> None:
    assert {row.id for row in symptoms_of(TABLE)} == set(TABLE.symptoms)


NOT_SAID_OUTRIGHT = (
    ("gradient blows up in the first epoch and we get NaNs", "rate-or-rank-off"),
    ("looked ready by the numbers, pilot users were not amused", "pairs-unlike-real-use"),
    ("it knows half of the new tariffs and mixes the other half", "facts-half-learnt"),
    ("orpo run: margin grows but chosen logprob sinks", "both-likelihoods-fall"),
    ("rl training is flat, the verifier hands out zeros only", "reward-stays-zero"),
    ("the relevant paragraph sits at rank 40", "passage-not-found"),
    ("the job gets killed because the gpu memory is full", "training-out-of-memory"),
    ("results swing by ten points between restarts", "seeds-disagree"),
    ("merged checkpoint answers differently from base plus adapter", "worse-after-export"),
)


@pytest.mark.parametrize(("said", "id"), NOT_SAID_OUTRIGHT)
def test_where_no_symptom_is_said_outright_the_nearest_are_named(said: str, id: str) -> None:
    seen = {one.id for one in diagnose(TABLE, {}, said).symptoms}
    assert id in seen | {row.id for row in nearest(TABLE, said)}


@settings(max_examples=fewer(100))
@given(st.text(max_size=200))
def test_of_any_words_at_most_three_symptoms_are_near(said: str) -> None:
    found = nearest(TABLE, said)
    assert len({row.id for row in found}) == len(found) <= 3
    assert found == nearest(TABLE, f"  {said.upper().lower() if said.isascii() else said} ")


def test_every_symptom_is_the_nearest_to_its_own_sign() -> None:
    rows = symptoms_of(TABLE)
    first = [nearest(TABLE, row.sign)[0].id == row.id for row in rows]
    assert sum(first) >= 0.9 * len(rows)


def test_words_that_no_symptom_has_are_near_none() -> None:
    assert nearest(TABLE, "hello there") == ()
    assert nearest(TABLE, "") == ()


@pytest.mark.parametrize("said", ["it does not overfit", "no forgetting here", "", "hello there"])
def test_what_is_denied_or_not_said_is_no_symptom(said: str) -> None:
    assert diagnose(TABLE, {}, said).symptoms == ()


@settings(max_examples=fewer(100))
@given(st.text(max_size=200))
def test_any_words_give_a_diagnosis_or_none(said: str) -> None:
    found = diagnose(TABLE, {}, said)
    assert [one.number for one in found.suspects] == [*range(1, len(found.suspects) + 1)]
    tested = [number for step in found.order for number in step.numbers]
    assert sorted(tested) == [one.number for one in found.suspects]


def test_words_and_facts_put_the_cause_first_that_they_point_to() -> None:
    plain = diagnose(TABLE, {}, "it is overfitting").suspects[0]
    assert plain.cause.startswith("too many passes")
    by_rank = diagnose(TABLE, {}, "it is overfitting with rank 1").suspects[0]
    assert "adapter is too small" in by_rank.cause
    assert 'You say "rank 1".' in by_rank.points_to_it
    noisy: dict[str, Value] = {"data_quality": "noisy"}
    worse = diagnose(TABLE, noisy, "tuning made it worse than the base model").suspects[0]
    assert worse.cause.startswith("the replies in the data")
    assert any("Your answers fit" in line for line in worse.points_to_it)


def test_tests_are_told_cheapest_first() -> None:
    steps = [step.effort for step in diagnose(TABLE, {}, "it is overfitting").order]
    assert steps == sorted(steps, key=EFFORTS.index)
    assert steps[0] == "look"


def test_only_facts_that_tell_causes_apart_are_worth_asking() -> None:
    found = diagnose(TABLE, {}, "it is overfitting")
    asked = [fact.id for fact in worth_asking(TABLE, found)]
    assert "data_quality" in asked
    assert len(asked) <= 3
    known: dict[str, Value] = {"data_quality": "clean"}
    again = worth_asking(TABLE, diagnose(TABLE, known, "it is overfitting"))
    assert "data_quality" not in [fact.id for fact in again]


def _state(tmp_path: Path) -> Path:
    records = [
        {"step": 10 * n, "epoch": n / 2, "loss": 2 - 0.15 * n, "eval_loss": abs(1 - 0.2 * n) + 1}
        for n in range(1, 13)
    ]
    file = tmp_path / "trainer_state.json"
    file.write_text(json.dumps({"global_step": 120, "max_steps": 120, "log_history": records}))
    return file


def test_a_log_alone_names_the_symptom_and_its_steps(tmp_path: Path) -> None:
    text = _state(tmp_path).read_text()
    found = diagnose(TABLE, {}, "", training_log.read(text, "log"))
    assert found.symptoms[0].id == "trained-too-long"
    assert "at step 50" in found.symptoms[0].in_log[0]
    done = in_process("diagnose", "--log", str(_state(tmp_path)))
    assert done.returncode == 0
    assert "lowest at step 50" in " ".join(done.stdout.split())


def test_phrases_are_heard_with_words_in_between_and_not_where_they_are_denied() -> None:
    def heard(phrase: str, said: str) -> bool:
        return hears(phrase, words_of(line_of(said))) is not None

    assert heard("loss ris*", "the loss on my data is rising")
    assert not heard("loss ris*", "the loss falls. Prices are rising")
    assert heard("not stop*", "it never stops")
    assert heard("not/hardly stop*", "it doesn't stop")
    assert not heard("stop* early", "it did not stop early")
    assert heard("rate >=0.001", "rate 3e-3")
    assert not heard("rate >=0.001", "rate 3e-5")
    assert heard(">=1000 row", "1,300 rows")
    assert heard("over_and_over", "over and over again")
    assert not heard("over_and_over", "over this and over")


# ---- the command ----


def test_the_command_says_what_it_heard_and_what_each_cause_means_for_the_plan() -> None:
    done = in_process("diagnose", "it forgets old tasks, trained on 23,000 examples")
    said = " ".join(done.stdout.split())
    assert done.returncode == 0
    assert "Heard in your words: 23,000 labelled examples" in said
    assert "Nothing is proven" in said
    assert "The plan:" in said
    assert max(map(len, done.stdout.splitlines())) <= 80


def test_markdown_and_json_say_the_same() -> None:
    words = ("diagnose", "it never stops", "--set", "task=answer")
    data = json.loads(in_process(*words, "--format", "json").stdout)
    page = in_process(*words, "--format", "md").stdout
    assert page.startswith("# What may be wrong\n")
    for seen in data["symptoms"]:
        for suspect in seen["suspects"]:
            assert f"**{suspect['number']}. " in page
    assert data["facts"] == {"task": "answer"}


def test_facts_come_from_a_file_too(tmp_path: Path) -> None:
    file = tmp_path / "facts.yaml"
    file.write_text("data_quality: noisy\n")
    done = in_process("diagnose", "it is overfitting", "--facts", str(file))
    assert "noisy" in " ".join(done.stdout.split()).partition("Your answers fit")[2]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ((), "say what you see"),
        (("hello",), 'nothing known for sure in "hello"'),
        (("results swing by ten points between restarts",), 'the nearest: "Each run ends'),
        (("it forgets", "--log", "none.json"), "none.json"),
        (("it forgets", "--log", ""), "needs a file name"),
        (("--log", "-", "--facts", "-"), "only one of"),
        (("x" * 10_001,), "at most 10,000"),
        (("it forgets", "--set", "colour=red"), "colour"),
    ],
)
def test_what_cannot_be_diagnosed_gets_one_line(words: tuple[str, ...], said: str) -> None:
    done = in_process("diagnose", *words)
    assert done.returncode == 2
    assert done.stdout == ""
    assert said in done.stderr
    assert len(done.stderr.strip().splitlines()) == 1


def test_without_words_the_symptoms_are_listed() -> None:
    said = in_process("diagnose").stderr
    for row in symptoms_of(TABLE):
        assert row.name in said


def test_too_many_words_are_refused() -> None:
    with pytest.raises(BadInput):
        diagnose(TABLE, {}, "it forgets " * 1_000)


def test_on_a_terminal_it_asks_what_is_seen_and_the_few_facts_that_tell_causes_apart(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("sys.stdin", Terminal("xyzzy\n18\nperhaps so\n150\n\nnoisy\n"))
    code, out, err = at_terminal("diagnose")
    said = " ".join(err.split())
    assert code == 0
    assert "Nothing known in that" in said
    assert "expected a whole number" in said
    assert "150 evaluation examples" in out
    assert out.index("near-copies") < out.index("adapter is too small")


# ---- from a report of checks ----


def _results(file: Path, right: range, **columns: object) -> str:
    rows = [{"id": str(n), "correct": n in right, **columns} for n in range(300)]
    file.write_text("".join(f"{json.dumps(row)}\n" for row in rows))
    return str(file)


def _report(file: Path, *command: str) -> Path:
    done = in_process("check", *command, "--format", "json")
    assert done.returncode in (0, 3), done.stderr
    file.write_text(done.stdout)
    return file


def test_a_report_of_a_check_that_fails_names_symptoms_and_what_it_found(tmp_path: Path) -> None:
    old = _results(tmp_path / "old.jsonl", range(280))
    new = _results(tmp_path / "new.jsonl", range(200))
    report = _report(tmp_path / "report.json", "compare", old, new)
    done = in_process("diagnose", "--check", str(report))
    said = " ".join(done.stdout.split())
    assert done.returncode == 0
    assert "What the checks found" in said
    assert "Worse than the base model at everything" in said
    assert "In the checks: Check compare:" in said


def test_what_retrieval_misses_is_a_symptom_and_a_fact(tmp_path: Path) -> None:
    rows = [
        {"id": str(n), "correct": n % 2 == 0, "expected": f"{n} euros", "passages": [text]}
        for n in range(200)
        for text in [f"it costs {n} euros" if n % 2 == 0 else "nothing of the kind"]
    ]
    results = tmp_path / "results.jsonl"
    results.write_text("".join(f"{json.dumps(row)}\n" for row in rows))
    report = _report(tmp_path / "report.json", "retrieval", str(results))
    data = json.loads(
        in_process("diagnose", "--check", str(report), "--format", "json").stdout,
    )
    assert data["symptoms"][0]["id"] == "passage-not-found"
    assert data["facts"] == {"retrieval_result": "misses"}
    stated = ("--set", "retrieval_result=finds", "--format", "json")
    data = json.loads(in_process("diagnose", "--check", str(report), *stated).stdout)
    assert data["facts"] == {"retrieval_result": "finds"}, "what people state wins"


def test_leaks_point_to_the_cause_that_the_test_was_too_good(tmp_path: Path) -> None:
    texts = [f"{word} parcel number {n} has not come since {n} days" for n in range(9)
             for word in ("my", "our")]  # fmt: skip
    for name in ("train", "eval"):
        lines = (json.dumps({"text": text, "label": "late"}) for text in texts)
        (tmp_path / f"{name}.jsonl").write_text("\n".join(lines))
    files = (str(tmp_path / "train.jsonl"), str(tmp_path / "eval.jsonl"))
    report = _report(tmp_path / "report.json", "leakage", *files)
    first = check_report.read(report.read_text(), "report").signs
    found = diagnose(TABLE, {}, "", checks=first)
    assert found.symptoms[0].id == "pairs-unlike-real-use"
    assert "leaked into training" in found.suspects[0].cause


def test_a_report_in_which_all_passes_shows_no_symptom(tmp_path: Path) -> None:
    rows = [{"id": str(n), "correct": True, "repeat": k} for n in range(300) for k in (1, 2)]
    results = tmp_path / "results.jsonl"
    results.write_text("".join(f"{json.dumps(row)}\n" for row in rows))
    report = _report(tmp_path / "report.json", "repeats", str(results))
    done = in_process("diagnose", "--check", str(report))
    assert done.returncode == 0
    assert "nothing in the files that a symptom" in " ".join(done.stdout.split())


def test_every_sign_of_a_check_is_used_by_some_symptom_and_made_by_some_finding() -> None:
    rows = symptoms_of(TABLE)
    used = {kind for row in rows for kind in row.checked}
    used |= {kind for row in rows for cause in row.causes for kind in cause.check_clues}
    assert used == set(CHECK_SIGNS)
    part = [{"name": "passage found", "level": "failed"}]
    told = [
        {"check": check, "title": "t", "level": level, "verdict": verdict, "parts": part}
        for check in CHECKS
        for level in ("failed", "unknown", "doubtful")
        for verdict in ("worse", "no difference that matters", "not enough evidence")
    ]
    text = json.dumps({"schema": "adaptadvisor/checks/1", "findings": told})
    assert {sign.kind for sign in check_report.read(text, "f").signs} == set(CHECK_SIGNS)
    for each in told:
        each.update(level="passed", verdict="better", parts=[])
    text = json.dumps({"schema": "adaptadvisor/checks/1", "findings": told})
    assert check_report.read(text, "f").signs == ()


_FINDING = {"check": "labels", "title": "t", "level": "failed", "verdict": "labels disagree"}


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "is empty"),
        ('{"schema": "adaptadvisor/checks/1", "findings": [', "cut off"),
        ("[1, 2]", "is no report of checks"),
        ('{"log_history": []}', "is no report of checks"),
        ('{"schema": "adaptadvisor/next/1"}', 'is the document "adaptadvisor/next/1"'),
        ('{"schema": "adaptadvisor/checks/2"}', "and no adaptadvisor/checks/1"),
        ('{"schema": "adaptadvisor/checks/1"}', 'needs a list "findings"'),
        (json.dumps({"schema": "adaptadvisor/checks/1", "findings": [3]}), "finding 1 is 3"),
        (
            json.dumps({"schema": "adaptadvisor/checks/1", "findings": [{**_FINDING, "level": 1}]}),
            '"level" of finding 1 is 1; expected a text',
        ),
        ("[" * 100_000, "nested too deep"),
        ("9" * 5_000, "too long to read"),
    ],
)
def test_what_is_no_report_gets_one_line(tmp_path: Path, text: str, said: str) -> None:
    file = tmp_path / "report.json"
    file.write_text(text)
    done = in_process("diagnose", "--check", str(file))
    assert done.returncode == 2
    assert done.stdout == ""
    assert said in done.stderr
    assert len(done.stderr.strip().splitlines()) == 1


@given(st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(
        st.sampled_from(["check", "level", "verdict", "title", "says", "parts", "facts"]), inner
    ),
))  # fmt: skip
def test_any_findings_are_read_or_refused_in_words(findings: object) -> None:
    text = json.dumps({"schema": "adaptadvisor/checks/1", "findings": findings})
    try:
        report = check_report.read(text, "report")
    except BadInput:
        return
    assert isinstance(report.signs, tuple)
    assert isinstance(report.facts(TABLE), dict)
