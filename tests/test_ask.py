"""The interview as a person meets it: in a real terminal, through a pipe, interrupted, killed, and
without any input at all.
"""

from __future__ import annotations

import os
import re
import shlex
import signal
import subprocess
from pathlib import Path

import pytest
import yaml
from conftest import BARE, PATIENCE, PROGRAM, RULES, forked, in_process, program

from adaptadvisor.precedents.answers import is_usual
from adaptadvisor.reading.tables import load_table
from adaptadvisor.table.facts import from_text

pexpect = (
    pytest.importorskip("pexpect")
    if os.name == "posix"
    else pytest.skip("needs a POSIX terminal", allow_module_level=True)
)

COUNTS = r"n (does not|none)\. "
REVIEW, OFFER, FINISH, SEVERAL, BOTH = (
    words.replace(" ", r"\s+")
    for words in (
        r"Enter shows the advice\. ",
        r"Enter goes on without\. ",
        r"with what is known\. ",
        r"n if none is\. ",
        r"the first alone: ",
    )
)
"""How the prompts end that are no questions; a narrow terminal breaks them anywhere."""

TABLE = load_table(RULES)

SETTLED = {
    "task": "write",
    "prompt_result": "passes",
    "prompt_affordable": "true",
    "main_error": "format",
    "private_knowledge": "false",
    "knowledge_updates": "never",
    "behaviour_shift": "none",
    "citations": "false",
    "per_user_access": "false",
    "requests_per_day": "10",
    "preference_pairs": "0",
}
"""Answers after which nothing can change the plan."""


@pytest.fixture(autouse=True)
def _elsewhere(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)


class Session:
    """`adaptadvisor ask` in a terminal of its own; stdout goes to the file advice.txt, what is seen
    is stderr.
    """

    def __init__(self, *words, columns=100, fresh=False, **env):
        start = PROGRAM if fresh else forked()
        command = f"{shlex.join([*start, 'ask', *words])} > advice.txt"
        self.child = pexpect.spawn(
            "/bin/sh",
            ["-c", f"exec {command}"],
            env=BARE | {"TERM": "xterm"} | env,
            encoding="utf-8",
            timeout=PATIENCE,
            dimensions=(50, columns),
        )
        self.child.delaybeforesend = None  # only what is typed unseen has to wait
        self.seen = ""
        self.asked = []

    def until(self, pattern):
        """What was said up to a pattern, the pattern included."""
        self.child.expect(pattern)
        said = (self.child.before + self.child.after).replace("\r\n", "\n")
        self.seen += said
        return said

    def question(self):
        """Waits for a prompt; the fact that is asked about (several: all of them, a blank between),
        or None where something else is.
        """
        prompts = (REVIEW, OFFER, FINISH, SEVERAL, BOTH)
        others = "|".join(rf"(.*\s)?{prompt}" for prompt in prompts)
        said = self.until(rf"\r\n(> |Your answer: |{others})$")
        if re.search(f"({SEVERAL}|{BOTH})$", said):
            last = re.sub(r"\x1b\[\d*m", "", said).split("\n\n")[-1]
            return " ".join(re.findall(r"\((\w+)[:)]", last))
        heads = re.findall(
            r"\((\w+)\)$",
            " ".join(
                re.sub(r"\x1b\[\d*m", "", said).split("\n\n")[-1].partition("\n  ")[0].split()
            ),
            flags=re.MULTILINE,
        )
        return heads[-1] if heads and said.endswith(("> ", "Your answer: ")) else None

    def say(self, line):
        self.child.sendline(line)

    def answer_all(self, answers, otherwise="u"):
        """Answers every question to its end; other prompts get an empty line."""
        while True:
            try:
                fact = self.question()
            except pexpect.EOF:
                return
            if fact:
                self.asked.append(fact)
            if fact and " " in fact:
                self.say(at_once(fact.split(), answers) if otherwise == "u" else otherwise)
            else:
                self.say(str(answers.get(fact, otherwise)) if fact else "")
            if not fact and re.search(rf"{REVIEW}$", self.seen):
                return

    def end(self):
        """The exit code, once it has ended; everything that was said is in `seen`."""
        self.child.expect(pexpect.EOF)
        self.seen += self.child.before.replace("\r\n", "\n")
        self.child.close()
        return self.child.exitstatus

    def advice(self):
        return Path("advice.txt").read_text(encoding="utf-8")


def at_once(facts, answers):
    """What to type where several facts are asked about at once."""
    if not all(TABLE.facts[id].unless for id in facts):
        return ", ".join(str(answers.get(id, "u")) for id in facts)
    named = []
    for number, id in enumerate(facts, 1):
        fact = TABLE.facts[id]
        if id not in answers:
            named.append(f"{number}?")
        elif not is_usual(fact, from_text(fact, str(answers[id]))):
            named.append(f"{number}={answers[id]}")
    return ", ".join(named) or "n"


def ask(*words, stdin=b"", **env):
    """`ask` without a terminal; an environment needs a process of its own."""
    start = program if env else in_process
    done = start("ask", *words, stdin=stdin, **env)
    return done.returncode, done.stdout, done.stderr


def shell(line):
    """A command line that the program has printed, as a person would paste it."""
    line = line.replace("adaptadvisor", shlex.join(forked()), 1)
    return subprocess.run(
        ["/bin/sh", "-c", line],
        capture_output=True,
        env=BARE,
        check=False,
        timeout=PATIENCE,
        stdin=subprocess.DEVNULL,
    )


def saved():
    return yaml.safe_load(Path("adaptadvisor-answers.yaml").read_text(encoding="utf-8"))


# ---- a whole interview ----


def test_a_whole_interview_with_reasons_ways_back_numbers_and_a_change_at_the_end():
    session = Session()
    first = session.question()
    assert first == "task"
    session.say("?")
    reasons = " ".join(session.until("\n> ").split())
    for words in (
        "Why we ask:",
        "How to find out:",
        "It can still bring in, alone or together with others:",
    ):
        assert words in reasons
    session.say("99")
    assert "the choices are numbered 1 to 7" in session.until("\n> ")
    session.say("labl")
    assert 'did you mean "label"?\n' in session.until("\n> ")
    session.say("1")
    second = session.question()
    session.say("u")
    third = session.question()
    session.say("<")
    assert session.question() == second
    session.say("<")
    assert session.question() == "task"
    session.say("label")
    assert session.question() == second
    session.say("u")
    assert session.question() == third
    answers = {
        "examples": "1.2k",
        "classes": "12",
        "task_changes": "never",
        "main_error": "skill",
        "private_knowledge": "n",
        "prompt_result": "2",
    }
    session.say(answers.get(third, "u"))
    session.answer_all(answers)  # ends at the review with an empty line
    assert session.end() == 0
    text = Path("adaptadvisor-answers.yaml").read_text(encoding="utf-8")
    assert text.startswith(
        "# yaml-language-server: $schema=facts.schema.json\n# adaptadvisor ask: "
    )
    assert {"task": "label"}.items() <= saved().items()
    assert saved()[second] is None
    assert all(saved()[fact] is not None for fact in answers.keys() & session.asked)
    assert session.advice().startswith("Plan: ")
    assert "Plan: " not in session.seen, "the advice is on stdout, the talk on stderr"


def test_the_line_at_the_end_gives_the_same_bytes_without_questions():
    session = Session("--task", "label")
    session.answer_all(
        {"examples": "1200", "classes": "12", "task_changes": "never", "model_access": "weights"}
    )
    assert session.end() == 0
    command = re.search(r"The same without questions: (.*)", session.seen).group(1)
    assert command == "adaptadvisor recommend --facts adaptadvisor-answers.yaml"
    again = shell(command)
    assert (again.returncode, again.stderr) == (0, b"")
    assert again.stdout.decode() == session.advice()


def test_an_answer_changed_in_the_review_drops_what_no_longer_applies_and_says_so():
    session = Session(
        "--model-access",
        "weights",
        "--gpu-memory-gb",
        "24",
        *[f"--set={fact}={value}" for fact, value in SETTLED.items()],
    )
    while not re.search(REVIEW, session.until(rf"({OFFER}|{REVIEW})$")):
        session.say("")
    session.say("model-access")
    assert session.question() == "model_access"
    session.say("api")
    assert (
        "The answer to GPU memory is dropped: it is asked only with access to the model: weights."
        in session.until(REVIEW)
    )
    assert session.seen.count("Answer them too?") == 1, "who declined is not asked again"
    session.say("skipped")
    assert "GPU memory: it is asked only with access to the model: weights" in session.until(REVIEW)
    session.say("nonsense")
    assert "no number in the list and no fact" in session.until(REVIEW)
    session.say("")
    assert session.end() == 0
    assert saved()["model_access"] == "api"
    assert "gpu_memory_gb" not in saved()


def test_what_is_given_is_never_asked_and_a_settled_situation_goes_straight_to_the_review():
    Path("f.yaml").write_text(
        "".join(f"{fact}: {value}\n" for fact, value in SETTLED.items()), encoding="utf-8"
    )
    session = Session("--facts", "f.yaml")
    said = session.until(OFFER)
    assert "No question is left that can change the plan: prompt." in said
    assert "would not change the plan, but make it more precise" in said
    session.say("y")
    asked = session.question()
    assert asked not in SETTLED
    session.say("done")
    session.until(REVIEW)
    session.say("")
    assert session.end() == 0


def test_two_answers_that_nobody_knows_lead_to_an_offer_to_finish():
    session = Session()
    session.question()
    session.say("extract")
    for _ in range(2):
        assert session.question()
        session.say("don't know")
    offer = session.until(FINISH)
    assert "With what is known the plan is prompt." in " ".join(offer.split())
    assert "What could still change it" in offer
    session.say("classes, nonsense")
    assert '"nonsense" is none of these.' in session.until(FINISH)
    session.say("classes citations")
    assert session.question() == "classes"
    session.say("2k")
    assert session.question() == "citations"
    session.say("<")
    assert session.question() == "classes"
    session.say("")
    assert session.question() == "citations", "what was picked is asked, also after a way back"
    session.say("u")
    session.until(FINISH)
    session.say("?")
    assert "may change the plan" in session.until(FINISH)
    session.say("back")
    assert session.question() == "citations"
    session.say("y")
    session.until(FINISH)
    session.say("go")
    assert session.question()
    session.say("done")
    session.until(REVIEW)
    session.say("")
    assert session.end() == 0
    assert saved()["classes"] == 2000


# ---- interrupted ----


@pytest.mark.parametrize("leave", ["\x03", "\x04"], ids=["Ctrl-C", "Ctrl-D"])
def test_who_leaves_is_told_how_to_go_on_and_nothing_is_asked_twice(leave):
    session = Session(fresh=True)
    session.question()
    session.say("label")
    second = session.question()
    session.say("u")
    session.question()
    session.child.send(leave)
    assert session.end() == 130
    assert session.seen.rstrip().endswith(
        "interrupted; answers saved in adaptadvisor-answers.yaml; go on with: "
        "adaptadvisor ask --facts adaptadvisor-answers.yaml"
    )
    assert session.advice() == ""
    session = Session("--facts", "adaptadvisor-answers.yaml")
    session.answer_all({})
    assert session.end() == 0
    assert not {"task", second} & set(session.asked)
    assert saved()["task"] == "label"


def test_a_killed_interview_loses_only_the_answer_being_typed():
    session = Session()
    session.question()
    session.say("answer")
    session.question()
    session.say("u")
    session.question()
    session.child.send("half an ans")
    session.child.kill(signal.SIGKILL)
    session.child.expect(pexpect.EOF)
    assert saved()["task"] == "answer"
    assert len(saved()) == 2


def test_where_answers_cannot_be_saved_the_command_that_resumes_holds_them():
    Path("file").touch()
    session = Session("--save", "file/answers.yaml", "--citations")
    session.question()
    session.say("code")
    assert "cannot be saved" in session.until(r"command\s+shows\s+how\s+to\s+go\s+on")
    session.question()
    session.child.send("\x03")
    assert session.end() == 130
    resume = session.seen.replace("\n", "").partition("go on with: ")[2]
    assert resume.strip() == "adaptadvisor ask --task code --citations"


def test_a_file_that_ask_did_not_write_is_never_written_over():
    Path("adaptadvisor-answers.yaml").write_text("mine: true\n", encoding="utf-8")
    session = Session()
    session.question()
    session.say("code")
    session.question()
    session.child.send("\x03")
    assert session.end() == 130
    assert saved() == {"mine": True}
    assert "adaptadvisor-answers-2.yaml" in session.seen
    assert yaml.safe_load(Path("adaptadvisor-answers-2.yaml").read_text(encoding="utf-8")) == {
        "task": "code"
    }
    code, out, err = ask("--save", "adaptadvisor-answers.yaml", "--stdin")
    assert (code, out) == (2, "")
    assert "was not saved by ask" in err


# ---- no terminal ----


def test_without_a_terminal_nothing_is_asked_and_every_missing_flag_is_named_at_once():
    code, out, err = ask("--task", "label", stdin=b"1\n2\n")
    assert (code, out) == (2, "")
    assert err.count("\n") == 1
    assert "ask: error[missing-answers]: the plan is not settled and stdin is no terminal" in err
    for flag in ("--prompt-result", "--examples", "--task-changes"):
        assert flag in err
    assert "--task," not in err


def test_a_closed_stdin_is_no_terminal():
    done = subprocess.run(
        ["/bin/sh", "-c", f"{shlex.join(forked())} ask <&-"],
        capture_output=True,
        env=BARE,
        check=False,
        timeout=PATIENCE,
    )
    assert done.returncode == 2
    assert b"missing-answers" in done.stderr
    assert b"Traceback" not in done.stderr


def test_with_everything_given_no_terminal_is_needed():
    flags = [f"--set={fact}={value}" for fact, value in SETTLED.items()]
    code, out, err = ask(*flags)
    assert (code, err) == (0, "")
    assert out.startswith("Plan: prompt")
    assert ask("--no-input", *flags)[:2] == (0, out)


def test_no_input_never_asks_even_in_a_terminal():
    session = Session("--no-input")
    assert session.end() == 2
    assert "missing-answers" in session.seen
    assert "> " not in session.seen


def test_answers_can_be_piped_line_by_line():
    code, out, err = ask("--stdin", "--task", "label", stdin=b"u\nu\n\n\n\n")
    assert code == 0
    assert out.startswith("Plan: ")
    assert "Your answers:" in err


def test_piped_answers_that_end_too_early_stop_the_interview_and_are_kept():
    code, out, err = ask("--stdin", stdin=b"label\n")
    assert (code, out) == (130, "")
    assert saved() == {"task": "label"}
    assert "go on with: adaptadvisor ask --facts adaptadvisor-answers.yaml --stdin" in err


HOSTILE = [
    b"\x1b]0;evil\x07",
    b"\x1b[2J",
    b"x" * 20_000,
    b"\xff\xfe",
    b"1e999",
    b"-1",
    b"\x00",
    b"",
    "\u202etxet".encode(),
    b"9" * 5000,
]


@pytest.mark.parametrize("line", HOSTILE, ids=range(len(HOSTILE)))
def test_a_piped_line_that_is_no_answer_stops_the_interview_before_the_next_line_is_misread(line):
    code, out, err = ask("--stdin", stdin=b"label\n" + line + b"\nlabel\n")
    assert (code, out) == (2, "")
    last = err.rstrip("\n").split("\n")[-1]
    assert last.startswith("stdin:2: error[bad-answer]: ")
    assert "go on with: adaptadvisor ask --facts adaptadvisor-answers.yaml --stdin" in last
    assert not re.search(r"[\x00-\x08\x0b-\x1f\x7f\u202e]", err)
    assert saved() == {"task": "label"}


def test_hostile_lines_in_a_terminal_are_shown_harmless_and_asked_again():
    session = Session()
    session.question()
    for line in ("x" * 300, "1e999", "-1", "9" * 300, "\u202etxet"):
        session.say(line)
        assert "\u202e" not in session.until("\n> ").partition("\n")[2], (
            "beyond what the terminal itself echoes"
        )
    session.say("label")
    assert session.question()
    session.say("quit")
    assert session.end() == 130
    assert saved() == {"task": "label"}


def test_a_byte_order_mark_is_no_part_of_the_first_answer():
    code, _, _ = ask("--stdin", stdin="\ufefflabel\n".encode())
    assert code == 130
    assert saved() == {"task": "label"}


def test_an_interview_that_was_left_before_its_first_answer_can_be_resumed():
    session = Session()
    session.question()
    session.say("label")
    session.question()
    session.say("<")
    session.question()
    session.child.send("\x03")
    assert session.end() == 130
    again = Session("--facts", "adaptadvisor-answers.yaml")
    assert again.question()
    again.child.send("\x03")
    assert again.end() == 130
    Path("adaptadvisor-answers.yaml").write_text(
        "# adaptadvisor ask: nothing yet\n{}\n", encoding="utf-8"
    )
    assert Session("--facts", "adaptadvisor-answers.yaml").question() == "task"


def test_an_answer_that_was_taken_back_is_shown_kept_with_enter_and_never_lost():
    session = Session()
    session.question()
    session.say("answer")
    second = session.question()
    session.say("u")
    session.question()
    session.say("back")
    assert "Now: not known. Enter keeps it." in session.until("\n> ")
    assert saved() == {"task": "answer", second: None}
    session.say("<")
    assert "Now: answer. Enter keeps it." in session.until("\n> ")
    session.say("")
    assert session.question() == second
    session.child.send("\x03")
    session.end()
    assert saved() == {"task": "answer", second: None}


@pytest.mark.parametrize(
    "number", [signal.SIGTERM, signal.SIGHUP, signal.SIGINT], ids=lambda number: number.name
)
def test_a_polite_kill_is_told_how_to_go_on(number):
    session = Session()
    session.question()
    session.say("label")
    session.question()
    session.child.kill(number)
    assert session.end() == 130
    assert "go on with: adaptadvisor ask --facts adaptadvisor-answers.yaml" in " ".join(
        session.seen.split()
    )


def test_a_new_interview_names_its_file_and_the_one_that_was_left():
    session = Session()
    assert "Answers are saved in adaptadvisor-answers.yaml after each one." in session.until("\n> ")
    session.say("label")
    session.question()
    session.child.kill(signal.SIGKILL)
    again = " ".join(Session().until("\n> ").split())
    assert "Answers are saved in adaptadvisor-answers-2.yaml" in again
    assert "to go on with that one: adaptadvisor ask --facts adaptadvisor-answers.yaml" in again


# ---- terminals of every kind ----


def test_on_40_columns_no_line_is_wider():
    session = Session(columns=40)
    session.question()
    session.say("?")
    session.until("\n> ")
    session.child.send("\x03")
    session.end()
    said = re.sub(r"\x1b\[\d*m", "", session.seen.partition("interrupted;")[0])
    assert max(len(line) for line in said.split("\n")) <= 40


def test_a_word_that_somebody_asks_for_is_explained_and_the_question_stays():
    session = Session()
    for line in ("what is LoRA?", "what does xyzzy mean?"):
        assert session.question() in ("task", None)
        session.say(line)
    session.question()
    session.say("label")
    session.question()
    seen = " ".join(session.seen.split())
    session.child.close(force=True)
    assert "Low-rank adapters (LoRA, QLoRA and relatives) are trained" in seen
    assert "More: adaptadvisor explain LoRA" in seen
    assert 'nothing here is called "xyzzy"' in seen
    assert "error[" not in seen


def test_a_locale_that_is_not_utf_8_changes_nothing():
    env = {"LC_ALL": "C", "LANG": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}
    code, out, err = ask("--stdin", stdin="label\nu\nu\n\n\n\n".encode("latin-1"), **env)
    assert code == 0
    assert out.startswith("Plan: ")
    code, out, err = ask("--stdin", stdin="caf\u00e9\n".encode("latin-1"), **env)
    assert (code, out) == (2, "")
    assert "error[bad-answer]" in err


@pytest.mark.parametrize(
    "how", [("--plain", {}), (None, {"ADAPTADVISOR_PLAIN": "1"})], ids=["flag", "environment"]
)
def test_a_plain_interview_is_fit_for_a_screen_reader(how):
    flag, env = how
    session = Session(*([flag] if flag else []), FORCE_COLOR="1", **env)
    said = session.until("Your answer: ")
    assert re.search(r"Question 1 of about \d+ to \d+\. ", said)
    session.say("?")
    said += session.until("Your answer: ")
    session.child.send("\x03")
    session.end()
    assert "\x1b" not in said
    assert not re.search(r"^\s*([-*>\[]|\d+\])", said, flags=re.MULTILINE)


def test_colour_only_repeats_what_words_say():
    session = Session(FORCE_COLOR="1")
    session.until("\n> ")
    assert "\x1b[1m" in session.seen
    session.child.send("\x03")
    session.end()


@pytest.mark.parametrize(
    "where", [("-o", "plan.html"), ("--format", "adr", "--adr-dir", "records")]
)
def test_who_answered_is_told_the_plan_and_where_the_file_is(tmp_path, monkeypatch, where):
    monkeypatch.chdir(tmp_path)
    done = in_process("ask", "--task", "label", "--stdin", *where, stdin=b"done\n")
    assert (done.returncode, done.stdout) == (0, "")
    said = done.stderr.splitlines()
    assert any(line.startswith("Plan: prompt. ") for line in said)
    (written,) = (line for line in said if line.startswith("Written: ") and ".yaml" not in line)
    assert (tmp_path / written.removeprefix("Written: ")).exists()


KNOWN = {
    "task": "write",
    "prompt_result": "far",
    "tried": "nothing",
    "main_error": "style",
    "examples": "600",
    "data_quality": "strong",
    "model_access": "api_tuning",
    "behaviour_shift": "strong",
    "private_knowledge": "n",
    "knowledge_updates": "never",
    "task_changes": "never",
    "tenants": "1",
    "deadline_days": "2 months",
    "prompt_affordable": "y",
    "requests_per_day": "2000",
    "citations": "n",
    "latency_ms": "2 s",
    "preference_pairs": "0",
    "output_schema": "n",
}


def test_where_little_can_change_the_plan_any_more_the_interview_says_how_little_and_offers_to_go_on():
    session = Session()
    session.answer_all(KNOWN)
    assert session.end() == 0
    asked = session.asked
    assert re.search(
        r"Enough is known: .*\. What is still open changes the plan in (about 1 of \d+|fewer than 1"
        r" of 100) situations like this\.",
        " ".join(session.seen.split()),
    )
    more = Session("--facts", "adaptadvisor-answers.yaml")
    assert more.question() is None
    more.say("more")
    assert more.question() not in asked
    more.child.send("\x03")
    more.end()
    thorough = Session("--thorough", "--save", "thorough.yaml")
    thorough.answer_all(KNOWN)
    assert thorough.end() == 0
    assert "Enough is known" not in thorough.seen
    assert len(thorough.asked) > len(asked)


def test_the_first_questions_are_the_task_the_prompt_what_was_tried_the_data_and_what_fails():
    session = Session()
    session.answer_all(KNOWN)
    session.end()
    assert session.asked[:2] == ["task", "prompt_result"]
    assert session.asked[2].split()[0] == "tried"
    assert "examples" in session.asked[3].split()
    assert session.asked[4] == "main_error"


def test_what_was_announced_at_most_never_grows_and_the_plan_so_far_is_said():
    session = Session()
    session.answer_all(KNOWN)
    session.end()
    announced = [int(most) for most in re.findall(r"\[\d+ of \D*(?:\d+ to )?(\d+)\]", session.seen)]
    assert len(announced) > 3
    assert announced == sorted(announced, reverse=True)
    assert session.seen.count("So far: ") >= len(session.asked) - 1


def test_a_fact_that_is_told_out_of_turn_counts_once_it_is_confirmed():
    session = Session()
    assert session.question() == "task"
    session.say("we have 1200 examples")
    said = session.until(COUNTS)
    assert '1,200 labelled examples: "1200 examples"' in said
    session.say("n")
    assert not Path("adaptadvisor-answers.yaml").read_text(encoding="utf-8")
    session.until("\n> ")
    session.say("examples 1200")
    session.until(COUNTS)
    session.say("y")
    assert session.question() == "task", "the question itself is still open"
    assert saved() == {"examples": 1200}
    session.say("chatbot on a local llama")
    assert "access to the model: weights" in session.until(COUNTS)
    session.say("y")
    assert session.question() not in ("examples", "model_access")
    assert saved() == {"task": "write", "examples": 1200, "model_access": "weights"}
    session.child.send("\x03")
    session.end()


def test_answers_that_contradict_each_other_are_asked_again():
    session = Session("--set", "task=label", "--set", "examples=50")
    session.question()
    session.say("done")
    session.until(REVIEW)
    session.say("rarest_class")
    assert session.question() == "rarest_class"
    session.say("900")
    assert "contradict each other" in session.until("\n> ")
    session.say("5")
    session.question()
    assert saved()["rarest_class"] == 5
    session.child.send("\x03")
    session.end()


def test_units_are_understood_and_what_was_understood_is_said():
    session = Session("--set", "task=answer")
    session.question()
    session.say("done")
    session.until(REVIEW)
    session.say("corpus_tokens")
    assert session.question() == "corpus_tokens"
    session.say("20 pages")
    assert "20 pages are about 10,000 tokens." in session.until("\n> ")
    assert saved()["corpus_tokens"] == 10_000
    session.child.send("\x03")
    session.end()


def test_the_review_says_answers_in_words_and_what_hangs_on_them():
    session = Session()
    session.answer_all(KNOWN)
    session.end()
    review = session.seen.rpartition("Your answers:")[2]
    assert re.search(r"\d+\. kind of task: write", review)
    assert "(the plan rests on this)" in review or "another answer would change" in review
    assert "_" not in review.partition("more asks")[0].partition("A number or name")[0]


def test_where_nothing_was_answered_nothing_is_left_behind():
    session = Session()
    session.question()
    session.child.send("\x03")
    assert session.end() == 130
    assert [path.name for path in Path().iterdir()] == ["advice.txt"]


@pytest.mark.parametrize(
    "line", ["3000 tickets a day, api model", "3000 tickets a day", "3000 requests a day"]
)
def test_a_word_that_is_about_something_else_never_answers_the_question(line):
    session = Session("--set", "task=label")
    session.question()
    session.say("done")
    session.until(REVIEW)
    session.say("task_changes")
    assert session.question() == "task_changes"
    session.say(line)
    said = session.until(COUNTS)
    assert "3,000 requests a day" in said
    assert "how often the task changes" not in said
    session.say("y")
    assert session.question() == "task_changes", "the question itself is still open"
    assert saved()["requests_per_day"] == 3000
    session.say("never, we have 1800 examples")
    assert "how often the task changes: never" in session.until(COUNTS)
    session.say("n")
    session.until("\n> ")
    assert "task_changes" not in saved(), "what was denied is not counted"
    session.child.send("\x03")
    session.end()


def test_what_else_is_known_can_be_told_in_the_review_and_in_the_list_of_what_is_left():
    session = Session("--set", "task=label", "--set", "examples=1800")
    for _ in range(2):
        session.question()
        session.say("u")
    session.until(FINISH)
    session.say("3000 tickets a day, api model")
    session.until(COUNTS)
    session.say("y")
    assert session.question()
    assert {"requests_per_day": 3000, "model_access": "api"}.items() <= saved().items()
    session.say("done")
    session.until(REVIEW)
    session.say("private_knowledge no")
    assert "private knowledge needed: no" in session.until(COUNTS)
    session.say("y")
    session.question()
    assert saved()["private_knowledge"] is False
    session.child.send("\x03")
    session.end()


# ---- several facts at once ----

MISSED = ("--task", "label", "--prompt-result", "far", "--tried", "none", "--main-error", "skill")
MISSED = (*MISSED, "--examples", "100", "--classes", "2")
"""What leads straight to a question about several facts."""


def test_going_back_to_several_facts_shows_what_was_said_and_enter_keeps_it():
    session = Session(*MISSED)
    facts = session.question()
    assert " " in facts
    session.say("n")
    session.question()
    session.say("<")
    assert session.question() == facts
    shown = " ".join(session.seen.rpartition("Is any of these so?")[2].split())
    assert "Enter keeps it" in shown
    session.say("")
    assert session.question() != facts
    session.say("done")
    session.until(REVIEW)
    session.say("")
    assert session.end() == 0
    told = saved()
    assert all(is_usual(TABLE.facts[id], told[id]) for id in facts.split() if id != "latency_ms")


def test_what_was_named_is_asked_by_itself_and_back_from_there_leads_to_the_list():
    session = Session(*MISSED)
    facts = session.question()
    number = facts.split().index("task_changes") + 1
    session.say(str(number))
    assert session.question() == "task_changes"
    session.say("<")
    assert session.question() == facts
    session.say("<")
    assert "This is the first question." in session.until(SEVERAL)
    session.say("tuesday")
    assert '"tuesday" is none of these' in session.until(SEVERAL)
    session.say("quit")
    assert session.end() == 130


def test_an_answer_that_is_kept_in_the_review_asks_nothing_anew():
    session = Session(*MISSED)
    session.question()
    session.say("done")
    session.until(REVIEW)
    session.say("1")
    assert session.question()
    session.say("")
    session.until(REVIEW)
    session.say("")
    assert session.end() == 0


def test_of_a_line_with_several_facts_each_counts_alone_and_what_told_nothing_is_quoted():
    session = Session()
    session.question()
    session.say("ticket routing, 12,000 labelled examples, one old card, 5,000 tickets a day")
    said = session.until(COUNTS)
    for number, words in enumerate(
        ("kind of task: label", "12,000 labelled examples", "5,000 requests a day"), 1
    ):
        assert f"{number}. {words}" in said
    assert 'Not counted: "one old card".' in said
    session.say("4")
    assert "expected y, n or numbers from 1 to 3" in " ".join(session.until(COUNTS).split())
    session.say("1, 3")
    assert session.question() == "prompt_result"
    assert saved() == {"task": "label", "requests_per_day": 5000}
    session.say("far")
    assert session.question().split()[0] == "tried"
    session.say("1=lora")
    session.question()
    assert "adaptadvisor diagnose" in session.seen
    assert saved()["tried"] == ["lora"]
    session.child.send("\x03")
    session.end()


def test_who_finishes_at_what_was_named_has_said_that_it_is_not_known():
    session = Session(*MISSED)
    facts = session.question()
    session.say(str(facts.split().index("task_changes") + 1))
    assert session.question() == "task_changes"
    session.say("done")
    session.until(REVIEW)
    session.say("")
    assert session.end() == 0
    assert saved()["task_changes"] is None
