"""The script that attacks the program would notice what it looks for."""

from __future__ import annotations

import os
import random
import sys
from pathlib import Path

import pytest

if os.name != "posix":
    pytest.skip("signals, pipes and devices are those of POSIX", allow_module_level=True)

ATTACK = Path(__file__).parent / "bench" / "attack"
FAULTS = {
    "print('fine')": "",
    "import sys; sys.exit(7)": "exit code 7",
    "raise ValueError": "bug",
    "print('error: a bug in adaptadvisor'); exit(2)": "bug",
    "print('\\x1b[31mred')": "control character",
    "print('\\u202eevil')": "control character",
    "import os; os.write(1, b'\\xff')": "not UTF-8",
    "print(open('../outside/precious.txt').read())": "shows what lies outside",
    "open('../outside/precious.txt', 'w')": "outside/precious.txt has changed",
    "open('../outside/new', 'w')": "outside/new is new",
    "open('given.yaml', 'a').write('x')": "work/given.yaml has changed",
    "import os; os.remove('given.yaml')": "work/given.yaml is gone",
    "open('.adaptadvisor-1.part', 'w')": "part is new",
    "import tempfile; tempfile.mkdtemp()": "tmp/* is new",
    "import time; time.sleep(60)": "hangs",
    "while True: pass": "hangs",
    "open('out.md', 'w').write('fine')": "",
    "open('out.md', 'w').write('\\x1b[31m')": "control character",
}


@pytest.fixture
def attack(monkeypatch):
    """The modules of the script, found as when it is run, and gone afterwards."""
    monkeypatch.syspath_prepend(str(ATTACK))
    known = set(sys.modules)
    yield
    for name in set(sys.modules) - known:
        if str(getattr(sys.modules[name], "__file__", "")).startswith(str(ATTACK)):
            del sys.modules[name]


@pytest.mark.slow
def test_what_counts_as_a_failure_is_noticed(attack):
    import ground

    for program, wanted in FAULTS.items():
        with ground.Ground() as place:
            case = ground.Case(argv=(program,), files={"given.yaml": b"x"}, makes=("out.*",))
            place.lay(case.files)
            words = {"program": (sys.executable, "-c"), "limit": lambda: ground.limited(cpu=1)}
            process = ground.started(place, case, **words)
            found = place.judged(case, ground.ended(process, b"", 2 if "sleep" in program else 60))
        assert any(wanted in fault for fault in found) if wanted else found == [], (program, found)


def test_a_case_is_made_from_its_number_alone(attack):
    import inputs

    def made():
        return [
            str(inputs.tables(random.Random(f"tables 1 {number}"), number)) for number in range(9)
        ]

    assert made() == made()
