"""Time-stamps over heads, by a real authority, and what comes of one that is down, slow, or lies."""

from __future__ import annotations

import socket
import subprocess
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from threading import Event, Thread

import pytest
from cryptography.hazmat.primitives.serialization import Encoding
from structlog.testing import capture_logs

from exchange.audit.timestamps.authorities import time_authorities
from exchange.audit.timestamps.tokens import TOKEN_LIMIT, check_stamps, read_stamp, request_for, stamped_bytes
from exchange.clock import RealClock
from exchange.evidence.bundle.contents import BundleSubject, SubjectKind
from exchange.evidence.bundle.reading import read_bundle
from exchange.evidence.bundle.writing import write_bundle
from exchange.evidence.collecting.logs import add_log
from exchange.evidence.collecting.parts import BundleParts
from exchange.evidence.proof.findings import FindingCode
from exchange.evidence.proof.logs import read_logs
from exchange.evidence.proof.stamps import read_stamps
from exchange.machine.web_client import Unanswered, WebClient
from exchange.messaging.log.sealing import seal
from exchange.messaging.log.store import MemberLog
from exchange.messaging.node import Node, new_id
from exchange.messaging.stamping import stamping
from exchange.messaging.stamping.asking import ask_authority
from exchange.messaging.stamping.settings import StampSettings
from exchange.messaging.stamping.stamping import NoAuthority, Stamping
from exchange.messaging.stamping.store import KeptStamp, LogStamps
from exchange.messaging.stamping.trouble import StampTrouble, stamp_trouble
from exchange.runtime.home import OpenedMember
from exchange.runtime.profile_work import open_serving_work
from exchange.runtime.profiles import Profile
from exchange.schemas import Role
from exchange.store import Store, open_store
from exchange.store.journal import JournalEntry
from tests.corpus.kin import Kin
from tests.corpus.time_authority import PaperTimeAuthority
from tests.corpus.world import NOW
from tests.hostile_servers import drips_body, hostile, silent
from tests.property.seat import CALENDAR
from tests.time_server import OpenSslAuthority, TimeServer, served

KIN = Kin("p", {"window": Role.WINDOW})
CLOCK = RealClock()


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> OpenSslAuthority:
    return OpenSslAuthority(tmp_path_factory.mktemp("authority"))


@pytest.fixture(scope="module")
def another(tmp_path_factory: pytest.TempPathFactory) -> OpenSslAuthority:
    return OpenSslAuthority(tmp_path_factory.mktemp("another"), rsa=True, chain=False)


@pytest.fixture
def server(authority: OpenSslAuthority) -> Iterator[TimeServer]:
    with served(authority) as server:
        yield server


def node_on(store: Store) -> Node:
    return Node(KIN["window"], KIN.view(), store, CLOCK, CALENDAR, new_id)


@pytest.fixture
def sealed(sqlite_url: str) -> Iterator[Node]:
    """A member on SQLite whose log has one head."""
    store = open_store(sqlite_url, member="p.window")
    store.migrate()
    node = node_on(store)
    grow(node)
    yield node
    store.close()


def grow(node: Node, count: int = 3) -> int:
    with node.store.transaction() as tx:
        tx.journal([JournalEntry(CLOCK.now(), "e", "H-1") for _ in range(count)])
    return seal(node)


def asking(node: Node, *urls: str, seconds: float = 5.0) -> Stamping:
    return Stamping(node, StampSettings(urls), seconds=seconds)


def kept(node: Node) -> tuple[KeptStamp | None, StampTrouble | None]:
    with node.store.reading() as tx:
        return tx[LogStamps].newest(), stamp_trouble(tx)


def newest(node: Node) -> bytes:
    with node.store.reading() as tx:
        head = tx[MemberLog].newest()
    assert head is not None
    return head.signed


def test_a_head_is_stamped_and_the_token_kept_as_it_came(
    store: Store, server: TimeServer, authority: OpenSslAuthority, another: OpenSslAuthority
) -> None:
    node = node_on(store)
    grow(node)
    found = asking(node, server.url).look()
    assert found is not None
    assert kept(node) == (found, None)
    with store.reading() as tx:
        assert (tx[LogStamps].first_over(2), tx[LogStamps].first_over(3)) == (found, None)
    stamp = read_stamp(found.token)
    check_stamps(stamp, newest(node))
    assert (stamp.at, stamp.authority, found.size) == (found.stamped_at, "CN=Time", 3)
    assert stamp.is_by(time_authorities(authority.root))
    assert stamp.is_by(time_authorities(authority.certificate))
    assert not stamp.is_by(time_authorities(another.root + another.certificate))


def test_a_token_without_its_chain_and_signed_by_rsa_is_read(
    sealed: Node, another: OpenSslAuthority, authority: OpenSslAuthority
) -> None:
    with served(another) as server:
        found = asking(sealed, server.url).look()
    assert found is not None
    stamp = read_stamp(found.token)
    assert stamp.is_by(time_authorities(another.root))
    assert stamp.is_by(time_authorities(authority.root + another.certificate))
    assert not stamp.is_by(time_authorities(authority.root))


def test_only_new_heads_are_stamped_and_no_more_often_than_is_wanted(sealed: Node, server: TimeServer) -> None:
    moment = [0.0]
    part = Stamping(sealed, StampSettings((server.url,), timedelta(minutes=5)), now=lambda: moment[0])
    assert part.look() is not None
    moment[0] = 301.0
    assert part.look() is None  # nothing is new
    grow(sealed)
    found = part.look()
    assert found is not None
    assert found.size == 6
    grow(sealed)
    assert part.look() is None  # too soon
    moment[0] = 602.0
    again = part.look()
    assert again is not None
    assert again.size == 9
    assert len(server.asked) == 3
    with sealed.store.reading() as tx:
        assert [tx[LogStamps].first_over(index).size for index in (0, 2, 3, 8)] == [3, 3, 6, 9]  # type: ignore[union-attr]


def _refused(node: Node, *urls: str, seconds: float = 5.0) -> StampTrouble:
    with pytest.raises(NoAuthority), capture_logs() as logged:
        asking(node, *urls, seconds=seconds).look()
    stamp, trouble = kept(node)
    assert stamp is None
    assert trouble is not None
    assert [(one["event"], one["log_level"]) for one in logged] == [("stamps.failing", "error")]
    return trouble


@pytest.fixture
def gone() -> str:
    """A URL at which nobody answers."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        return f"http://127.0.0.1:{listening.getsockname()[1]}/tsr"


def test_one_that_is_down_is_an_alarm_that_ends_with_the_next_time_stamp(
    sealed: Node, gone: str, server: TimeServer
) -> None:
    trouble = _refused(sealed, gone)
    assert trouble.attempts == 1
    assert list(trouble.reasons) == [gone]
    assert "refused" in trouble.reasons[gone]
    again = _refused(sealed, gone)
    assert (again.attempts, again.since) == (2, trouble.since)
    assert asking(sealed, server.url).look() is not None
    assert kept(sealed)[1] is None


def test_whoever_is_served_asks_where_authorities_are_named_and_else_no_alarm_stands(
    sealed: Node, gone: str, tmp_path: Path
) -> None:
    _refused(sealed, gone)
    profile = Profile(
        address="p.window", name="窗口", name_en="Window", roles=(Role.WINDOW,), officer="O", folder=tmp_path
    )
    opened = OpenedMember(sealed, sealed.store, profile, lambda taken: ())
    assert list(open_serving_work(opened, {"EXCHANGE_TIME_STAMPS": gone}).loops) == ["time-stamps"]
    assert kept(sealed)[1] is not None
    assert open_serving_work(opened, {}).loops == {}
    assert kept(sealed) == (None, None)


def test_the_next_one_is_asked_where_one_does_not_do(sealed: Node, gone: str, server: TimeServer) -> None:
    with capture_logs() as logged:
        found = asking(sealed, gone, server.url).look()
    assert found is not None
    assert [one["event"] for one in logged] == ["stamps.next-authority"]
    assert kept(sealed) == (found, None)


@pytest.mark.parametrize("conduct", [silent, drips_body])
def test_a_slow_one_is_given_up_in_time(sealed: Node, conduct: object) -> None:
    with hostile(conduct) as slow:  # type: ignore[arg-type]
        trouble = _refused(sealed, slow.url, seconds=0.3)
    assert "0.3 s" in trouble.reasons[slow.url] or "in time" in trouble.reasons[slow.url]


def _lies(server: TimeServer, lie: str, other_head: bytes) -> None:
    authority = server.authority
    if lie == "garbage":
        server.instead = b"<html>sorry</html>"
    elif lie == "nothing":
        server.instead = b""
    elif lie == "huge":
        server.instead = bytes(TOKEN_LIMIT + 1)
    elif lie == "elsewhere":
        server.status = 302
    elif lie == "fault":
        server.status = 500
    elif lie == "page":
        server.kind = "text/html"
    elif lie == "other imprint":
        server.instead = authority.answer(request_for(other_head).encoded)


LIES = {
    "garbage": "breaks off", "nothing": "breaks off", "huge": "more than 65,536", "elsewhere": "HTTP 302",
    "fault": "HTTP 500", "page": "no time-stamp", "other imprint": "over something else than this head",
}  # fmt: skip


@pytest.mark.parametrize("lie", LIES)
def test_what_a_lying_one_answers_is_not_kept(sealed: Node, server: TimeServer, lie: str) -> None:
    first = newest(sealed)
    grow(sealed)
    _lies(server, lie, first)
    assert LIES[lie] in _refused(sealed, server.url).reasons[server.url]
    assert len(server.asked) == 1  # it was not led anywhere


def test_an_answer_to_another_request_or_of_another_time_is_not_taken(sealed: Node, server: TimeServer) -> None:
    """The same head: somebody plays an old answer back, or the authority's clock is wrong, or this machine's."""
    head = newest(sealed)
    server.instead = server.authority.answer(request_for(head).encoded)
    with WebClient(keep=0) as client:
        with pytest.raises(Unanswered, match="another request"):
            ask_authority(client, server.url, head, CLOCK.now())
        server.instead = None
        with pytest.raises(Unanswered, match="ten minutes apart"):
            ask_authority(client, server.url, head, CLOCK.now() + timedelta(minutes=11))


def test_while_one_keeps_it_waiting_the_log_goes_on_growing_and_it_is_stopped(
    sealed: Node, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(stamping, "_LOOK_EVERY", 0.01)
    stopping, came = Event(), Event()

    def conduct(caller: socket.socket, ended: Event) -> None:
        came.set()
        silent(caller, ended)

    with hostile(conduct) as slow:
        thread = Thread(target=asking(sealed, slow.url, seconds=1.0).run, args=(stopping,))
        thread.start()
        assert came.wait(10)
        assert grow(sealed) == 3
        stopping.set()
        thread.join(10)
    assert not thread.is_alive()
    assert len(slow.asked) == 1


def test_its_part_goes_on_until_it_is_stopped(
    sealed: Node, server: TimeServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(stamping, "_LOOK_EVERY", 0.01)
    stopping = Event()
    thread = Thread(target=asking(sealed, server.url).run, args=(stopping,))
    thread.start()
    assert server.answered.wait(10)
    stopping.set()
    thread.join(10)
    assert not thread.is_alive()
    assert kept(sealed)[0] is not None


def test_what_tests_make_on_paper_is_what_openssl_verifies(sealed: Node, tmp_path: Path) -> None:
    """The corpus has tokens that do not change; they are tokens to others as well."""
    paper, head = PaperTimeAuthority(), newest(sealed)
    (tmp_path / "data").write_bytes(stamped_bytes(head))
    (tmp_path / "root.pem").write_bytes(paper.root.public_bytes(Encoding.PEM))
    for chain in (False, True):
        (tmp_path / "token.tsr").write_bytes(paper.answer(head, NOW, chain=chain))
        words = ("ts", "-verify", "-in", "token.tsr", "-data", "data", "-CAfile", "root.pem")
        done = subprocess.run(("openssl", *words), cwd=tmp_path, capture_output=True, text=True, check=False)
        assert "Verification: OK" in done.stdout, done.stderr


def test_a_bundle_shows_each_entry_under_the_first_head_that_is_stamped(sealed: Node) -> None:
    """Three heads, the first two of them stamped on two days: what is newer stands under the newest one."""
    paper, heads = PaperTimeAuthority(), [newest(sealed)]
    for _ in range(2):
        grow(sealed, 2)
        heads.append(newest(sealed))
    days = [CLOCK.now().replace(microsecond=0) + timedelta(days=day) for day in (1, 2)]
    with sealed.store.transaction() as tx:
        for size, head, at in zip((3, 5), heads, days, strict=False):
            tx[LogStamps].add(KeptStamp(size, paper.answer(head, at), "CN=paper time", at))
    parts = BundleParts()
    with sealed.store.reading() as tx:
        add_log(parts, tx, "p.window", "H-1", ())
    subject = BundleSubject(kind=SubjectKind.CASE, id="H-1", of="p.window")
    bundle = read_bundle(write_bundle(subject, ("p.window",), CLOCK.now(), parts.files))
    logs = read_logs(bundle, sealed.directory)
    assert [one.size for one in logs.entries] == [3, 3, 3, 5, 5, 7, 7]
    assert {one.code for one in logs.findings} == {FindingCode.LOGGED}
    found = read_stamps(bundle, logs, [paper.root]).findings
    told = [(one.code, one.at_latest) for one in found]
    assert told == [
        (FindingCode.TIME_STAMPED, days[0]), (FindingCode.TIME_STAMPED, days[1]),
        (FindingCode.TIME_STAMP_MISSING, None),
    ]  # fmt: skip
    assert "of 2 entries" in str(found[-1].text)
