"""Attacks through what a command reads: tables, interviews, stored documents, facts, lines, flags.

Each function makes one case from a random number generator; the shipped table and the schemas,
both as the command line shows them, say what a legal input looks like.
"""

from __future__ import annotations

import json
import random
import re
from functools import cache
from pathlib import Path
from typing import Any

from ground import Case, Ground, in_this_process
from hostile import JSON, OUTSIDE, TEXTS, YAML, json_edited, text_edited

RULES = Path(__file__).resolve().parents[3] / "rules"
FORMATS = ("text", "json", "md", "adr", "html")
APPROACHES = ("prompt", "rag", "task_head", "lora", "full")
SAVED = "adaptadvisor-answers*.yaml"


@cache
def shipped() -> dict[str, str]:
    """The files of the shipped table, cases left out, by path inside its folder."""
    paths = [path for path in sorted(RULES.rglob("*.yaml")) if "tests" not in path.parts]
    return {str(path.relative_to(RULES)): path.read_text(encoding="utf-8") for path in paths}


@cache
def rows() -> dict[str, list[str]]:
    """The rows of each file of the shipped table, as text."""
    split = {name: re.split(r"(?m)^(?=- id:)", text)[1:] for name, text in shipped().items()}
    return {name: found for name, found in split.items() if found}


@cache
def printed(*argv: str) -> str:
    """What a command prints."""
    with Ground() as ground:
        ground.lay({})
        return in_this_process(ground, Case(argv=argv)).out.decode()


@cache
def facts() -> dict[str, tuple[str, ...]]:
    """Legal values of every fact, as one would write them; from the JSON Schema of facts."""
    schema = json.loads(printed("schema", "facts"))
    found = {}
    for name, what in _properties(schema, schema).items():
        if name in ("title", "notes", "schema", "$schema"):
            continue
        words = [word for word in _enumerated(what) if isinstance(word, str)]
        numbers = ("2", "7", "50", "200", "1200") * 5 + ("0", "5k", "2M", "1e6", "500..5k", "1k+")
        plans = ("prompt", "rag", "prompt,rag", "prompt+rag", "rag+lora", "full")
        if name == "tried":
            found[name] = plans
        elif words:
            found[name] = tuple(words)
        elif True in _enumerated(what) or '"boolean"' in json.dumps(what):
            found[name] = ("true", "false")
        else:
            found[name] = numbers
    return found


def _properties(schema: dict[str, Any], whole: dict[str, Any]) -> dict[str, Any]:
    """The facts in the schema, wherever it keeps them."""
    inner = schema.get("properties", {})
    if "task" in inner:
        return dict(inner)
    for part in (*inner.values(), *whole.get("$defs", {}).values()):
        if isinstance(part, dict) and "task" in part.get("properties", {}):
            return dict(part["properties"])
    raise SystemExit("`schema facts` names no facts")


def _enumerated(node: Any) -> list[Any]:
    if isinstance(node, list):
        return [word for item in node for word in _enumerated(item)]
    if not isinstance(node, dict):
        return []
    own = node.get("enum", [node["const"]] if "const" in node else [])
    return [*own, *(word for value in node.values() for word in _enumerated(value))]


def situation(rnd: random.Random) -> dict[str, str]:
    """Some facts with legal values."""
    known = rnd.sample(sorted(facts()), rnd.randrange(9))
    return {fact: rnd.choice(facts()[fact]) for fact in known}


def flags(rnd: random.Random, given: dict[str, str]) -> list[str]:
    found = []
    for fact, value in given.items():
        word = f"--{fact.replace('_', '-')}"
        if value in ("true", "false") and rnd.random() < 0.7:
            found.append(word if value == "true" else word.replace("--", "--no-", 1))
        elif value in ("true", "false") or rnd.random() < 0.2:
            found += ["--set", f"{fact}={value}"]
        else:
            found += [word, value]
    return found


def argument(rnd: random.Random) -> str:
    """A hostile text that an operating system lets through as an argument."""
    text = rnd.choice(TEXTS).replace("\x00", "")
    return text.encode("utf-8", "surrogateescape" if "\ud800" not in text else "replace").decode()


# ---- tables ----


def tables(rnd: random.Random, _: int) -> Case:
    """A table, whole (1 in 12) or on top of the shipped one, with a few slips, put to a command."""
    files = _whole(rnd) if rnd.randrange(12) == 0 else _overlay(rnd)
    data = {name: text.encode() for name, text in files.items()}
    victim = rnd.choice([name for name in files for _ in range(1 if name == "table.yaml" else 5)])
    data[victim] = text_edited(rnd, files[victim])
    row = re.search(r"id: ([\w-]+)", files[victim])
    word = row[1] if row else "lora"
    chance = rnd.random()
    if chance < 0.55:
        argv = ["rules", "lint", "house", *(["--format", "json"] if rnd.random() < 0.2 else [])]
    elif chance < 0.65:
        argv = ["rules", "test", "house"]
    elif chance < 0.75:
        argv = ["rules", "show", "house", "--format", rnd.choice(("text", "md"))]
    elif chance < 0.90:
        made = flags(rnd, situation(rnd))
        argv = ["recommend", "--rules", "house", *made, "--format", rnd.choice(FORMATS)]
    elif chance < 0.97:
        argv = ["explain", word, "--rules", "house"]
    else:
        argv = ["rules", "prove", "house"]
    return Case(argv=argv, files={f"house/{name}": content for name, content in data.items()})


def _whole(rnd: random.Random) -> dict[str, str]:
    files = dict(shipped())
    for _ in range(rnd.randrange(2)):
        del files[rnd.choice(sorted(files))]
    return files


def _overlay(rnd: random.Random) -> dict[str, str]:
    base = rnd.choice(("shipped",) * 40 + ("../../outside", "..", ".", "/", "../house", "nothing"))
    files = {"table.yaml": f"version: 0.1.0\nextends: {base}\n"}
    for name in rnd.sample(sorted(rows()), rnd.choice((1, 1, 2, 3))):
        found = []
        for row in rnd.sample(rows()[name], min(len(rows()[name]), rnd.choice((1, 1, 2)))):
            head, _, rest = row.partition("\n")
            kind = rnd.randrange(3)
            if kind == 0:
                found.append(f"{head}\n  override: true\n{rest}")
            elif kind == 1:
                found.append(f"{head}\n  off: true\n")
            else:
                found.append(f"{head}-of-ours\n{rest}")
        files[name] = "".join(found)
    if rnd.random() < 0.15:
        plan = rnd.choice(APPROACHES)
        files["tests/own.yaml"] = (
            f"- id: own\n  why: x\n  facts: {{task: label}}\n  plan: [{plan}]\n"
        )
    return files


# ---- interviews ----


def script(rnd: random.Random, *, hostile: float = 0.02) -> list[str]:
    """Lines that a person might type, to the end: mostly answers by number and some commands.

    Two in three hold nothing that fits no question: from a pipe such a line ends the interview.
    """
    answers = ("1", "2") * 5 + ("u", "i don't know")
    commands = ("?", "why", "<", "back", "?", "<", "help")
    wild = ("", "go", "y", "n", "done", "skipped", "task", "quit", "5k", "0", "-1", *facts())
    share = 0 if rnd.random() < 0.66 else 0.2
    found = []
    for _ in range(rnd.choice((0, 3, 12, 25, 40))):
        chance = rnd.random()
        if share and chance < hostile:
            text = rnd.choice(TEXTS)
            found.append(re.sub(r"[\n\r\x00]", " ", text.replace("\ud800", "")))
        elif chance < share:
            found.append(rnd.choice(wild))
        else:
            found.append(rnd.choice(answers if chance < 0.85 else commands))
    return [*found, *rnd.choice((("done", "n", ""), ("done", "", ""), ("done",), ()))]


def ask_flags(rnd: random.Random) -> list[str]:
    found = flags(rnd, dict(list(situation(rnd).items())[:3]))
    if rnd.random() < 0.3:
        found += ["--format", rnd.choice(FORMATS)]
    if rnd.random() < 0.2:
        found += ["--save", rnd.choice(("mine.yaml",) * 6 + (OUTSIDE, "facts.yaml"))]
    if rnd.random() < 0.2:
        found += ["-o", rnd.choice(("out.md", "out.json") * 3 + ("facts.yaml", OUTSIDE))]
    if rnd.random() < 0.2:
        found.append(f"{rnd.choice(('--title', '--notes'))}={argument(rnd)}")
    if rnd.random() < 0.1:
        found.append("--plain")
    return found


MADE = (SAVED, "mine.yaml", "out.*")


def interviews(rnd: random.Random, _: int) -> Case:
    """A script of answers through a pipe."""
    lines = "\n".join(script(rnd)).encode("utf-8", "surrogatepass")
    if rnd.random() < 0.05:
        at = rnd.randrange(len(lines) + 1)
        lines = lines[:at] + rnd.choice((b"\xff\x80", b"\x00", b"\x1b[A", b"\r\n")) + lines[at:]
    argv = ["ask", "--stdin", *ask_flags(rnd)]
    if rnd.random() < 0.1:
        argv += ["--facts", "facts.yaml"]
    files = {"facts.yaml": b"task: label\nexamples: 300\n"}
    return Case(argv=argv, stdin=lines, files=files, makes=MADE)


# ---- documents ----


@cache
def stored(number: int) -> Any:
    """A recommendation as JSON; some situations are refused, then the next one is taken."""
    rnd = random.Random(number)
    while not (text := printed("recommend", *flags(rnd, situation(rnd)), "--format", "json")):
        pass
    return json.loads(text)


def documents(rnd: random.Random, _: int) -> Case:
    """A stored recommendation that somebody has changed, shown again in any format."""
    document = stored(rnd.randrange(20))
    form = rnd.choice(FORMATS)
    argv = ["report", "doc.json", "--format", form]
    if rnd.random() < 0.1:
        argv += ["-o", rnd.choice(("out.html", "doc.json", OUTSIDE))]
    elif rnd.random() < 0.1:
        argv = ["report", "doc.json", "--adr-dir", rnd.choice(("records", "."))]
    elif rnd.random() < 0.1:
        argv += ["--title", argument(rnd)]
    makes = ("out.html", "records", "records/0001-*.md", "0001-*.md")
    return Case(argv=argv, files={"doc.json": json_edited(rnd, document)}, makes=makes)


# ---- facts, flags and lines ----


def facts_files(rnd: random.Random, _: int) -> Case:
    """A facts file with slips, in YAML or JSON, from a file or stdin."""
    given: dict[str, Any] = {**situation(rnd), "title": "Tickets", "notes": "n"}
    if rnd.random() < 0.4:
        data = json_edited(rnd, given)
    else:
        data = text_edited(rnd, "".join(f"{fact}: {value}\n" for fact, value in given.items()))
    command = rnd.choice(("recommend", "recommend", "report", "what-if"))
    if command == "report":
        argv = ["report", "-" if rnd.random() < 0.3 else "facts.yaml"]
    else:
        argv = [command, "--facts", rnd.choice(("facts.yaml", "facts.yaml", "-"))]
    if command == "what-if":
        argv += ["--to", rnd.choice(APPROACHES)]
    else:
        argv += ["--format", rnd.choice(FORMATS)]
    return Case(argv=argv, stdin=data, files={"facts.yaml": data})


def flag_lists(rnd: random.Random, _: int) -> Case:
    """Arguments in any order, legal and not; what they may write is named."""
    words = ["recommend", "report", "batch", "explain", "what-if", "schema", "rules", "ask", "lint"]
    words += ["show", "diff", "init", "compare", "precedents", "HEAD", "--help", "--version", "-h"]
    words += ["--rules", "--facts", "--set", "--format", "--full", "--show", "--strict", "--force"]
    words += ["--title", "--notes", "--date", "--fail-on", "--to", "--no-input", "--settled", "--"]
    argv = [rnd.choice(words[:8])] if rnd.random() < 0.8 else []
    for _ in range(rnd.randrange(7)):
        chance = rnd.random()
        if chance < 0.4:
            argv += flags(rnd, dict(list(situation(rnd).items())[:1]))
        elif chance < 0.7:
            argv.append(rnd.choice(words))
        else:
            argv.append(argument(rnd) if rnd.random() < 0.5 else rnd.choice(YAML).replace("\0", ""))
    made = ("*",) if "init" in argv else MADE
    return Case(argv=argv, stdin=b"", makes=made)


def lines(rnd: random.Random, _: int) -> Case:
    """A hundred lines of a batch, most of them changed."""
    found = []
    for number in range(100):
        line = {"id": rnd.choice((number, str(number), rnd.choice(JSON))), "facts": situation(rnd)}
        good = rnd.random() < 0.3
        data = json.dumps(line).encode() if good else json_edited(rnd, line)
        found.append(data if rnd.random() < 0.2 else data.replace(b"\n", b" "))
    argv = ["batch", "-", *(["--settled"] if rnd.random() < 0.1 else [])]
    return Case(argv=argv, stdin=b"\n".join(found))
