"""Tracing over a real broker: one trace from a sender's dispatch to the receipt that comes back."""

from __future__ import annotations

import gzip
import signal
import subprocess
import sys
import threading
import uuid
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.sdk.trace import ReadableSpan
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

from exchange.broker.admin.node_info import NodeInfo
from exchange.clock import RealClock
from exchange.documents.send import send_document
from exchange.errors import BadConfiguration
from exchange.schemas import Document, DocumentKind, DocumentNumber, Purpose, Role
from exchange.telemetry.tracing import TRACEPARENT, Tracing, open_tracing, parent_in, span_id_of, trace_id_of
from exchange.trials.local import LocalDomain, Seat
from tests.journeys.city import wait_until
from tests.processes import ProcessDomain


def _document() -> Document:
    return Document(
        number=DocumentNumber(agency="合政办", year=2026, serial=7),
        kind=DocumentKind.NOTICE,
        issuer="市人民政府办公厅",
        title="不得外泄的标题",
        body="不得外泄的正文",
        date=RealClock().now().date(),
        purpose=Purpose.INFORMATION,
    )


@pytest.mark.broker
def test_one_trace_spans_the_senders_dispatch_the_receivers_handling_and_the_receipt(
    broker: NodeInfo, domain: str, tmp_path: Path
) -> None:
    sender, receiver = f"{domain}.sender", f"{domain}.receiver"
    exporters = {address: InMemorySpanExporter() for address in (sender, receiver)}
    seats = {address: Seat((Role.DEPARTMENT,)) for address in exporters}
    city = LocalDomain(tmp_path, domain, broker, RealClock(), seats, rest=0.0)
    city.prepare()
    for address, node in city.nodes.items():
        node.observer = Tracing(address, SimpleSpanProcessor(exporters[address]), RealClock())
    try:
        for address in seats:
            city.start(address)
        message_id = send_document(city.nodes[sender], _document(), [receiver])
        city.settle()
    finally:
        city.close()
    ours = [span for one in exporters.values() for span in one.get_finished_spans() if _trace(span) == message_id]
    spans = {span.name: span for span in ours}
    assert set(spans) == {"dispatch document", "handle document", "receipt"}
    dispatch, handle, receipt = (spans[name] for name in ("dispatch document", "handle document", "receipt"))
    assert dispatch.parent is None
    assert dispatch.context is not None
    for later in (handle, receipt):
        assert later.parent is not None
        assert later.parent.span_id == dispatch.context.span_id == span_id_of(message_id, receiver, 0)
    assert (_member(dispatch), _member(handle), _member(receipt)) == (sender, receiver, sender)
    assert "不得外泄" not in "".join(span.to_json(indent=None) for span in ours)


def _trace(span: ReadableSpan) -> str:
    assert span.context is not None
    return str(uuid.UUID(int=span.context.trace_id))


def _member(span: ReadableSpan) -> object:
    return (span.attributes or {})["yizhan.member"]


def test_a_traceparent_counts_only_for_the_message_that_it_names() -> None:
    own, other = str(uuid.uuid4()), str(uuid.uuid4())
    header = f"00-{trace_id_of(own):032x}-{span_id_of(own, 'a.b', 0):016x}-01"
    found = parent_in({TRACEPARENT: header}, own)
    assert found is not None
    assert found.span_id == span_id_of(own, "a.b", 0)
    assert parent_in({TRACEPARENT: header}, other) is None
    for bad in ("", "00-", header.upper(), header + "-x", f"00-{trace_id_of(own):032x}-{0:016x}-01", 7):
        assert parent_in({TRACEPARENT: bad}, own) is None
    assert parent_in({}, own) is None


def test_what_is_no_uuid_has_no_trace_and_stops_nothing() -> None:
    assert trace_id_of("not a uuid") is None
    assert parent_in({TRACEPARENT: "00-" + "1" * 32 + "-" + "1" * 16 + "-01"}, "not a uuid") is None


def test_switched_off_nothing_of_tracing_or_metrics_is_imported() -> None:
    code = (
        "import sys; import exchange.cli, exchange.cli.domain.run, exchange.runtime.member; "
        "sys.exit(any(name.split('.')[0] in ('opentelemetry', 'prometheus_client') for name in sys.modules))"
    )
    assert subprocess.run([sys.executable, "-c", code]).returncode == 0


@pytest.mark.parametrize("url", ["collector:4318", "ftp://collector"])
def test_a_collector_that_is_no_url_is_refused_at_the_start(url: str) -> None:
    with pytest.raises(BadConfiguration, match="EXCHANGE_TRACING"):
        open_tracing(url, None)  # type: ignore[arg-type]


@pytest.fixture
def collector() -> Iterator[Collector]:
    with Collector() as found:
        yield found


class Collector:
    """An OTLP/HTTP collector: keeps the spans that processes send to it."""

    def __init__(self) -> None:
        self.spans: list[tuple[str, str, str]] = []
        """Trace, member and name."""
        spans = self.spans

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["content-length"]))
                plain = gzip.decompress(body) if self.headers.get("content-encoding") == "gzip" else body
                for one in ExportTraceServiceRequest.FromString(plain).resource_spans:
                    member = next(
                        a.value.string_value for a in one.resource.attributes if a.key == "service.instance.id"
                    )
                    spans.extend(
                        (span.trace_id.hex(), member, span.name) for scope in one.scope_spans for span in scope.spans
                    )
                self.send_response(200)
                self.end_headers()

            def log_message(self, *_: object) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_port}/v1/traces"

    def __enter__(self) -> Collector:
        threading.Thread(target=self._server.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()


@pytest.mark.broker
def test_served_members_tell_a_collector_over_http_and_work_on_where_there_is_none(
    broker: NodeInfo, domain: str, tmp_path: Path, collector: Collector, monkeypatch: pytest.MonkeyPatch
) -> None:
    with ProcessDomain(tmp_path, domain, broker) as city:
        monkeypatch.setenv("EXCHANGE_TRACING", collector.url)
        city.serve("planning")
        monkeypatch.setenv("EXCHANGE_TRACING", "http://127.0.0.1:9/v1/traces")
        city.serve("transport")
        planning = city.open("planning")
        message_id = send_document(planning.node, _document(), [city.address("transport")])
        planning.store.close()
        wait_until(lambda: city.undelivered() == 0, what="the receipt")
        city.served["planning"].send_signal(signal.SIGTERM)
        assert city.served["planning"].wait(30) == 0
    ours = {span for span in collector.spans if span[0] == uuid.UUID(message_id).hex}
    assert ours == {
        (uuid.UUID(message_id).hex, city.address("planning"), name) for name in ("dispatch document", "receipt")
    }
