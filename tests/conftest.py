"""What all tests share: a RabbitMQ node for the whole run, another for lower levels, and a domain name for every test.

The broker is the one that EXCHANGE_BROKER_URL and EXCHANGE_MANAGEMENT_URL name, that of lower levels the one of
EXCHANGE_SECOND_BROKER_URL and EXCHANGE_SECOND_MANAGEMENT_URL, or the first one where only that is given; else private
nodes are started by the first test that needs them, shared by all workers, and ended with the run. Tests never meet on
them, since nothing is named outside their domain.
"""

from __future__ import annotations

import gc
import logging
import os
import secrets
import shutil
import sys
import tempfile
from collections.abc import Callable, Collection, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import structlog

from exchange.language import Language, speak
from exchange.machine.logger import forget_waiting
from tests.surroundings import forget_the_caller

if TYPE_CHECKING:
    from exchange.broker.admin.node_info import NodeInfo

gc.disable()  # what is imported stays: looking through it for garbage took a third of a small file's time
forget_the_caller(os.environ, worker="PYTEST_XDIST_WORKER" in os.environ)
os.environ["EXCHANGE_LANGUAGE"] = "en"
"""What tests look for in the answers of commands is English; those of the other language say so."""

_configure = structlog.configure


def _configure_anew(*words: Any, **options: Any) -> None:
    """Loggers that a test has used must not keep writing where that test had them write."""
    _configure(*words, **{**options, "cache_logger_on_first_use": False})


structlog.configure = _configure_anew
structlog.get_config()["processors"][-1].exception_formatter = structlog.dev.plain_traceback  # drawn ones take long

_HERE = Path(__file__).parent
_SCRATCH = pytest.StashKey[Path]()
_FIRST, _SECOND = "node", "second-node"

logging.getLogger("pika").setLevel(logging.CRITICAL)


_patient: list[bool] = []


def pytest_collectstart(collector: pytest.Collector) -> None:
    """Has generated examples take their time before the first file that has any is imported: a machine may be busy."""
    if isinstance(collector, pytest.Module) and not _patient and b"hypothesis" in collector.path.read_bytes():
        from hypothesis import HealthCheck, settings  # slow to import, and not needed by most files

        settings.register_profile("patient", deadline=None, suppress_health_check=[HealthCheck.too_slow])
        settings.load_profile("patient")
        _patient.append(True)


_LONGEST_FIRST = ("journeys", "faults", "web", "contract", "property", "unit")
"""Kinds of tests, folders beside this file, in the order they run, so that no worker begins a long file at the end."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Puts what takes long first; files stay together."""
    place = {name: number for number, name in enumerate(_LONGEST_FIRST)}
    items.sort(key=lambda item: place.get(item.path.relative_to(_HERE).parts[0], len(place)))


_STARTS_PROCESSES = {"journeys", "faults", "web"}


def pytest_collection_finish(session: pytest.Session) -> None:
    """Has rules' processes forked and stores copied, and looks for garbage from now on, but seldom, and not among
    what was imported."""
    if asking := sys.modules.get("exchange.runtime.rule_process.asking"):
        from tests.warm_rules import start

        asking._started = start
    if "exchange.store.migrate" in sys.modules:
        from tests.tables_at_hand import use

        use()
    if not session.config.option.collectonly and any(
        item.path.relative_to(_HERE).parts[0] in _STARTS_PROCESSES for item in session.items
    ):
        from tests.warm import warm_up

        warm_up()
    gc.freeze()
    gc.set_threshold(50_000, 20, 20)
    gc.enable()


def pytest_configure(config: pytest.Config) -> None:
    """The process that runs the tests, or that has workers run them, owns the node."""
    if not hasattr(config, "workerinput"):
        config.stash[_SCRATCH] = Path(tempfile.mkdtemp(prefix="yizhan-tests-"))
        home = config.stash[_SCRATCH] / "home"
        home.mkdir()
        os.environ["HOME"] = str(home)


@pytest.hookimpl(optionalhook=True)
def pytest_configure_node(node: Any) -> None:
    """Tells a worker where the shared node is and whose it is."""
    node.workerinput["scratch"] = str(node.config.stash[_SCRATCH])
    node.workerinput["owner"] = os.getpid()


def pytest_unconfigure(config: pytest.Config) -> None:
    """Ends the node, if any test needed one."""
    scratch = config.stash.get(_SCRATCH, None)
    if scratch is not None:
        for name in (_FIRST, _SECOND):
            if (scratch / name).exists():
                from exchange.broker.private.node import PrivateNode

                PrivateNode(scratch / name).stop()
        shutil.rmtree(scratch, ignore_errors=True)


@pytest.fixture(autouse=True)
def _logs_as_they_come() -> Iterator[None]:
    """Whatever a test had done with logs ends with it."""
    yield
    structlog.reset_defaults()
    forget_waiting()


@pytest.fixture(autouse=True)
def _english_again() -> Iterator[None]:
    """The language that a command has settled within a test ends with it."""
    yield
    speak(Language.ENGLISH)
    os.environ.pop("LANGUAGE", None)


@pytest.fixture(scope="session")
def _new_queues_need_no_rest() -> Iterator[None]:
    """Nobody kills the brokers that tests share, so that nothing is lost by using a new queue at once."""
    from exchange.broker.admin import provision

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(provision, "SETTLE", 0.0)
        yield


@pytest.fixture
def settling(monkeypatch: pytest.MonkeyPatch) -> None:
    """New queues get their rest after all: for tests that kill a broker of their own."""
    from exchange.broker.admin import provision

    monkeypatch.setattr(provision, "SETTLE", 2.0)


@pytest.fixture(scope="session")
def broker(_new_queues_need_no_rest: None, request: pytest.FixtureRequest) -> NodeInfo:
    """The broker that all tests share, with its administrator's account."""
    return _given("TESTS_") or _private(request.config, _FIRST)


@pytest.fixture(scope="session")
def second_broker(_new_queues_need_no_rest: None, request: pytest.FixtureRequest) -> NodeInfo:
    """The broker of lower levels: another one, unless one alone is given."""
    return _given("TESTS_SECOND_") or _given("TESTS_") or _private(request.config, _SECOND)


def _given(prefix: str) -> NodeInfo | None:
    from exchange.broker.admin.node_info import NodeInfo

    url = os.environ.get(f"{prefix}BROKER_URL")
    return NodeInfo(url, os.environ.get(f"{prefix}MANAGEMENT_URL")) if url else None


def _private(config: pytest.Config, name: str) -> NodeInfo:
    from exchange.broker.private.node import PrivateNode

    worker = getattr(config, "workerinput", None)
    scratch = Path(worker["scratch"]) if worker else config.stash[_SCRATCH]
    return PrivateNode(scratch / name).start(print, owner=worker["owner"] if worker else os.getpid())


@pytest.fixture
def domain(request: pytest.FixtureRequest) -> Iterator[str]:
    """A domain that no other test knows; its queues are deleted when the test is over."""
    name = f"t{secrets.token_hex(4)}"
    yield name
    if "broker" in request.fixturenames:
        delete_queues(request.getfixturevalue("broker"), f"{name}.")


@pytest.fixture
def provisioned(broker: NodeInfo) -> Callable[..., None]:
    """Declares the queues of members on the shared broker, at once usable."""
    from exchange.broker.admin.provision import provision

    def declare(addresses: Sequence[str], windows: Collection[str] = ()) -> None:
        provision(broker.url, addresses, windows, progress=print, settle=0.0)

    return declare


def delete_queues(info: NodeInfo, prefix: str) -> None:
    if info.management_url is None:
        return
    from exchange.broker.admin.errand import errand
    from exchange.broker.admin.management import ManagementClient

    with ManagementClient(info.management_url, info.url) as management:
        names = [queue.name for queue in management.queues() if queue.name.startswith(prefix)]
    if names:
        with errand(info.url, "tests:clean") as admin:
            for name in names:
                admin.channel.queue_delete(name)


@pytest.fixture(scope="session")
def postgres_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A PostgreSQL server: the one that EXCHANGE_TEST_DATABASE_URL names, or one shared by all test processes."""
    given = os.environ.get("EXCHANGE_TEST_DATABASE_URL")
    if given:
        yield given
        return
    base = tmp_path_factory.getbasetemp()
    try:
        from tests.postgres import shared_server  # drivers that most files of tests do without

        with shared_server(base.parent if "PYTEST_XDIST_WORKER" in os.environ else base) as url:
            yield url
    except FileNotFoundError as error:
        pytest.fail(str(error))
