"""The rule's own process: it reads questions and writes answers, and can reach nothing else.

    python -I runner.py ROOT RULE ADDRESS KIND MEMORY [FOLDER...]

ROOT is the folder that this program's own code is imported from, each FOLDER one that the rule may import from. What
is needed of our own code is imported first; then the process gives up files, network, processes and memory, and only
then is the rule loaded.
"""

from __future__ import annotations

import contextlib
import io
import os
import signal
import sys
import traceback
from collections.abc import Callable, Iterable, Iterator
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from exchange.runtime.rule_process.questions import RuleAnswer

_MOST_PRINTED = 2000
_SYSTEM = ("/usr", "/lib", "/lib64", "/etc/localtime", "/etc/ld.so.cache", "/dev/null", "/dev/urandom")


def main(arguments: list[str]) -> int:
    """RuleAnswer until there are no more questions; return the exit code."""
    root, rule, address, kind, memory, *folders = arguments
    asked, told = _streams()
    sys.path[:] = [*sys.path, *folders] if root in sys.path else [*sys.path, root, *folders]
    from exchange.errors import BadConfiguration
    from exchange.machine.confinement import confine
    from exchange.machine.confinement.kernel import die_with_parent
    from exchange.runtime.rule_process.loading import load_decide
    from exchange.runtime.rule_process.questions import PARAMETERS, LoadFault, RuleAnswer, RuleQuestion, answered
    from exchange.workdays import reckoning_by

    with contextlib.suppress(OSError, AttributeError):
        die_with_parent(signal.SIGKILL)
    lacking = confine(_readable(Path(rule).parent, folders), int(memory))

    def tell(answer: RuleAnswer) -> None:
        told.write(answer.model_dump_json().encode() + b"\n")
        told.flush()

    try:
        with _printed():
            decide = load_decide(Path(rule), address, PARAMETERS[kind])
    except BadConfiguration as error:
        tell(RuleAnswer(fault=LoadFault.of(error)))
        return 0
    tell(RuleAnswer(lacking=tuple(lacking)))

    def ask(line: bytes) -> RuleAnswer:
        question = RuleQuestion.model_validate_json(line)
        with reckoning_by(question.calendar()):
            return answered(decide(*question.arguments()))

    for line in asked:
        tell(_answer(partial(ask, line), RuleAnswer))
    return 0


def _answer(ask: Callable[[], RuleAnswer], answer: type[RuleAnswer]) -> RuleAnswer:
    with _printed() as said:
        try:
            found = ask()
        except Exception as error:  # whatever a rule's author wrote
            trace = "".join(traceback.format_exception(error))
            found = answer(failed=type(error).__name__, reason=str(error)[:_MOST_PRINTED], trace=trace[-4000:])
    return found.model_copy(update={"printed": said.getvalue()[:_MOST_PRINTED]})


@contextlib.contextmanager
def _printed() -> Iterator[io.StringIO]:
    said = io.StringIO()
    with contextlib.redirect_stdout(said), contextlib.redirect_stderr(said):
        yield said


def _streams() -> tuple[Any, Any]:
    """The two ends of the conversation; whatever else reads or writes here finds nothing."""
    asked, told = os.fdopen(os.dup(0), "rb"), os.fdopen(os.dup(1), "wb")
    nothing = os.open(os.devnull, os.O_RDWR)
    os.dup2(nothing, 0)
    os.dup2(2, 1)
    os.close(nothing)
    return asked, told


def _readable(own: Path, folders: Iterable[str]) -> Iterator[Path]:
    """What may be read: the rule's folder, and code."""
    import exchange
    import exchange.schemas

    yield own
    yield from map(Path, folders)
    yield from map(Path, _SYSTEM)
    yield from (Path(place) for package in (exchange, exchange.schemas) for place in package.__path__)
    libraries = [place for place in sys.path if place.endswith((".zip", "-packages", "lib-dynload"))]
    yield from map(Path, {*libraries, os.path.dirname(os.__file__), os.path.join(sys.base_prefix, "lib")})


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
