"""Rules run in processes that hold no key, reach nothing, and end when they take too long or too much."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import date
from pathlib import Path

import psutil
import pytest

from exchange.approval.records import CaseRow, PartRow
from exchange.approval.rule_failure import RuleFailed
from exchange.approval.rules.states import CaseState, PartState
from exchange.approval.window.decision import Docket, Ruling
from exchange.errors import BadConfiguration
from exchange.language import Language
from exchange.runtime.profiles import load_profiles
from exchange.runtime.rule_process import asking
from exchange.runtime.rule_process.asking import DecisionProcess, OpinionProcess
from exchange.schemas import Consultation, Outcome
from exchange.workdays import reckoning_by
from tests.unit.approval.test_departments import CATALOGUE, MONDAY, SUNDAY_WORKED, consultation, sample
from tests.unit.facts import at
from tests.unit.runtime.test_profiles import PACKAGED

Rule = Callable[..., OpinionProcess]
TODAY = date(2026, 3, 2)

_started_as_program = asking._started


@pytest.fixture(autouse=True)
def _as_programs(monkeypatch: pytest.MonkeyPatch) -> None:
    """Here they are programs of their own, as wherever nobody has forked them before."""
    monkeypatch.setattr(asking, "_started", _started_as_program)


@pytest.fixture(scope="module")
def asked() -> Consultation:
    return consultation(sample("restaurant")[0])


@pytest.fixture
def rule(tmp_path: Path) -> Iterator[Rule]:
    """A department's rule with this text for its body, in a folder of its own."""
    with ExitStack() as stack:

        def make(body: str, seconds: float = 20.0) -> OpinionProcess:
            folder = tmp_path / "fire"
            folder.mkdir(exist_ok=True)
            lines = "\n".join(f"    {line}" for line in body.splitlines())
            text = f"from exchange import Department\n\ndef decide(consultation, today):\n{lines}\n"
            (folder / "rule.py").write_text(text)
            made = OpinionProcess(folder / "rule.py", "hefei.fire", "department", seconds=seconds)
            stack.callback(made.close)
            return made

        yield make


def said(rule: OpinionProcess, asked: Consultation) -> str:
    """The reasons of the opinion that a rule gives."""
    opinion = rule(asked, TODAY)
    assert opinion is not None
    return opinion.reasons


def failure(rule: OpinionProcess, asked: Consultation) -> str:
    with pytest.raises(RuleFailed) as error:
        rule(asked, TODAY)
    return f"{error.value.kind}: {error.value}"


OPEN = """
import os
def open_(number):
    try:
        return bool(os.fstat(number))
    except OSError:
        return False
"""
SAYS = "return Department('hefei.fire', 'x').agree(consultation, today, str({}))"


def test_a_rule_answers_and_is_asked_again_in_the_same_process(rule: Rule, asked: Consultation) -> None:
    process = rule("import os\n" + SAYS.format("os.getpid()"))
    first = said(process, asked)
    assert first == said(process, asked)
    assert int(first) != os.getpid()
    process.close()
    assert not psutil.pid_exists(int(first))


def test_the_packaged_rules_answer_as_they_do_in_this_process(asked: Consultation) -> None:
    profile = load_profiles(PACKAGED)["hefei.fire"]
    process = OpinionProcess(profile.folder / "rule.py", profile.address, "department")
    opinion = process(asked, TODAY)
    process.close()
    assert opinion is not None
    assert opinion.department == "hefei.fire"


def test_a_rule_counts_working_days_by_the_calendar_that_counts_at_its_member(rule: Rule, asked: Consultation) -> None:
    body = "from exchange import working_days_open\nfrom datetime import date\n"
    process = rule(body + SAYS.format("working_days_open(consultation, date(2026, 3, 9))"))
    asked = asked.model_copy(update={"issued_at": at("03-06")})
    with reckoning_by(SUNDAY_WORKED):
        assert said(process, asked) == "2"
    assert said(process, asked) == "1", "the package's, where nothing is published"


def test_a_docket_arrives_whole_and_a_ruling_comes_back(tmp_path: Path) -> None:
    application = sample("restaurant")[0]
    case = CaseRow(
        "C-1", "restaurant", "1", CaseState.READY, 1, application.model_dump_json().encode(), "某", "p", "c", MONDAY
    )
    parts = (PartRow("C-1", "hefei.fire", 1, PartState.ANSWERED),)
    docket = Docket(case, CATALOGUE[application.matter], application, parts)
    (tmp_path / "rule.py").write_text(
        "from exchange import Ruling\nfrom exchange.schemas import Outcome\n"
        "def decide(docket):\n    return Ruling(Outcome.GRANT, '|'.join(["
        "docket.case.number, docket.matter.code, docket.parts[0].state.value, str(docket.case.opened_at)]))\n"
    )  # fmt: skip
    process = DecisionProcess(tmp_path / "rule.py", "hefei.window", "window")
    found = process(docket)
    process.close()
    assert found == Ruling(Outcome.GRANT, f"C-1|{application.matter}|answered|{MONDAY}")


ATTEMPTS = {
    "another's key": "open({secret!r}).read()",
    "the folder around": "__import__('os').listdir({folder!r})",
    "a file of the system": "open('/etc/passwd').read()",
    "the environment of who asks": "open(f'/proc/{{__import__(\"os\").getppid()}}/environ').read()",
    "a file of its own": "open('written', 'w').write('x')",
    "the network": "__import__('_socket').socket()",
    "another process": "__import__('os').fork()",
    "a program": "__import__('os').execv('/bin/true', ['true'])",
    "a signal": "__import__('os').kill(__import__('os').getppid(), 0)",
    "its own limits": "__import__('resource').prlimit(__import__('os').getppid(), 7)",
}


@pytest.mark.parametrize("attempt", ATTEMPTS.values(), ids=ATTEMPTS)
def test_a_rule_reaches_nothing(tmp_path: Path, rule: Rule, asked: Consultation, attempt: str) -> None:
    secret = tmp_path / "signing.key"
    secret.write_text("a key")
    tried = attempt.format(secret=str(secret), folder=str(tmp_path))
    body = f"try:\n    found = {tried}\nexcept OSError as error:\n    found = type(error).__name__\n"
    process = rule(body + SAYS.format("found"))
    found = said(process, asked)
    if process.lacking:
        pytest.skip(f"this machine cannot enforce {process.lacking}")
    assert found == "PermissionError"


def test_a_rule_knows_neither_environment_nor_descriptors_and_reads_what_lies_beside_it(
    rule: Rule, asked: Consultation, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("EXCHANGE_DATABASE_URL", "postgresql://owner:hidden@database/exchange")
    shown = SAYS.format(
        "(set(os.environ) - {'LC_CTYPE'}, [n for n in range(100) if open_(n)], open('table.csv').read())"
    )
    process = rule("import os\n" + shown)
    path = tmp_path / "fire" / "rule.py"
    path.write_text(OPEN + path.read_text())
    (tmp_path / "fire" / "table.csv").write_text("1,2")
    assert said(process, asked) == "(set(), [0, 1, 2, 3, 4], '1,2')", "streams, question and answer"


def test_too_long_and_too_much_are_failures_and_the_next_question_is_answered(
    rule: Rule, asked: Consultation, tmp_path: Path
) -> None:
    looping = rule("while True: pass", seconds=1.0)
    assert failure(looping, asked) == "TimeoutError: no answer within 1 s"
    rule(SAYS.format("'well again'"))
    looping._seconds = 20.0
    assert said(looping, asked) == "well again"
    assert failure(rule("x = bytearray(4 << 30)\n" + SAYS.format("len(x)")), asked).startswith("MemoryError")


def test_what_a_rule_raises_or_gives_is_told_as_before_and_a_death_is_a_failure(
    rule: Rule, asked: Consultation
) -> None:
    assert failure(rule("print('seen')\nreturn 1 / 0"), asked) == "ZeroDivisionError: division by zero"
    assert failure(rule("return 'agree'"), asked).startswith("TypeError: the rule gave str, not an Opinion")
    assert failure(rule("import os\nos._exit(3)"), asked).startswith("RuntimeError: the rule's process has ended")
    nonsense = "import os\nfor n in (3, 4):\n    try: os.write(n, b'{}x\\n')\n    except OSError: pass\nreturn None"
    assert failure(rule(nonsense), asked).startswith("RuntimeError")


def test_a_rule_that_cannot_be_loaded_is_told_with_file_line_and_remedy(tmp_path: Path) -> None:
    (tmp_path / "rule.py").write_text("\ndef decide(consultation): return None\n")
    with pytest.raises(BadConfiguration) as error:
        OpinionProcess(tmp_path / "rule.py", "hefei.fire", "department").check()
    assert str(error.value).startswith(f"{tmp_path}/rule.py:2: decide: ")
    assert error.value.remedy == "define decide(consultation, today) in the rule"
    assert "decide(consultation, today)" in error.value.diagnostics(Language.CHINESE)


ASKS_AND_DIES = """
import os, signal, sys
from pathlib import Path
from exchange.runtime.rule_process.asking import OpinionProcess
rule = OpinionProcess(Path(sys.argv[1]), "hefei.fire", "department")
rule.check()
print(rule._runner.process.pid, flush=True)
os.kill(os.getpid(), signal.SIGKILL)
"""


def test_the_process_ends_with_whoever_asks_even_where_it_is_busy(tmp_path: Path) -> None:
    (tmp_path / "rule.py").write_text(
        "import threading\n"
        "def busy():\n    while True: pass\n"
        "threading.Thread(target=busy).start()\n"
        "def decide(consultation, today): return None\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", ASKS_AND_DIES, str(tmp_path / "rule.py")], capture_output=True, text=True, check=False
    )
    assert done.returncode == -signal.SIGKILL, done.stderr
    with contextlib.suppress(psutil.NoSuchProcess):
        psutil.Process(int(done.stdout)).wait(20)
