"""Traces by OpenTelemetry: one trace a message, from its sender's dispatch to the receipt that comes back.

A trace's id is the message's id, and the first span's id is derived from message and addressee: every process reckons
both for itself, so that nothing has to be kept or asked for, and a receipt finds the trace it ends. The header
`traceparent` (W3C Trace Context) goes with each copy for whatever else reads it on the way; a receiver takes it only
where it names the message it came with, so that nobody can write into others' traces.

Spans hold ids, addresses, kinds and codes, never content.
"""

from __future__ import annotations

import hashlib
import re
import uuid
from collections.abc import Mapping, Sequence
from contextvars import ContextVar
from datetime import datetime, timedelta

from opentelemetry import trace
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import SpanProcessor, TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor
from opentelemetry.sdk.trace.id_generator import RandomIdGenerator
from opentelemetry.trace import NonRecordingSpan, SpanContext, SpanKind, Status, StatusCode, TraceFlags

from exchange.clock import Clock, RealClock
from exchange.errors import BadConfiguration
from exchange.machine.proxies import spare_loopback
from exchange.machine.urls import check_url
from exchange.messaging.node import Node
from exchange.messaging.observer import Observer
from exchange.messaging.ports import Delivery, PublishOutcome
from exchange.messaging.records import DeadLetter, InboxEntry, Parcel, Signed

TRACEPARENT = "traceparent"
_SHAPE = re.compile(r"00-([0-9a-f]{32})-([0-9a-f]{16})-[0-9a-f]{2}")
_ids: ContextVar[tuple[int, int] | None] = ContextVar("ids", default=None)


def open_tracing(url: str, node: Node) -> Tracing:
    """Trace a node's work to an OTLP/HTTP collector at ``url``. Raises BadConfiguration without the extra `tracing`.

    Sampling and the rest are the SDK's own settings; of its samplers `traceidratio` gives every process the same
    answer for a message.
    """
    check_url("EXCHANGE_TRACING", url, ("http", "https"), "http://127.0.0.1:4318/v1/traces")
    spare_loopback()
    try:
        from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
    except ImportError as error:
        remedy = "install the extra: pip install 'yizhan[tracing]', or unset EXCHANGE_TRACING"
        raise BadConfiguration(
            "EXCHANGE_TRACING is set, and the packages it needs are missing", remedy=remedy
        ) from error
    return Tracing(node.address, BatchSpanProcessor(OTLPSpanExporter(endpoint=url)), RealClock())


class Tracing(Observer):
    """Writes spans of one member's work to ``processor``."""

    def __init__(self, member: str, processor: SpanProcessor, clock: Clock) -> None:
        resource = Resource.create({"service.name": "yizhan", "service.instance.id": member})
        self._provider = TracerProvider(resource=resource, id_generator=_DerivedIds())
        self._provider.add_span_processor(processor)
        self._tracer = self._provider.get_tracer("yizhan")
        self._member = member
        self._clock = clock
        self._sent_at: dict[int, int] = {}

    def close(self) -> None:
        """Send out what is still here."""
        self._provider.shutdown()

    def headers(self, parcel: Parcel) -> Mapping[str, str]:
        trace_id = trace_id_of(parcel.message_id)
        return {} if trace_id is None else {TRACEPARENT: f"00-{trace_id:032x}-{_span_of(parcel):016x}-01"}

    def sent(self, parcels: Sequence[Parcel]) -> None:
        now = _nanoseconds(self._clock.now())
        self._sent_at |= {parcel.id: now for parcel in parcels}

    def settled(self, fates: Sequence[tuple[Parcel, PublishOutcome]]) -> None:
        now = _nanoseconds(self._clock.now())
        for parcel, outcome in fates:
            self._dispatched(parcel, outcome, now)

    def handled(self, delivery: Delivery, entry: InboxEntry, seconds: float) -> None:
        kind, message_id = entry.header.kind, entry.header.message_id
        parent = parent_in(delivery.headers, message_id)
        if parent is None:
            return
        ended = self._clock.now()
        span = self._tracer.start_span(
            f"handle {kind}",
            context=trace.set_span_in_context(NonRecordingSpan(parent)),
            kind=SpanKind.CONSUMER,
            start_time=_nanoseconds(ended - timedelta(seconds=seconds)),
            attributes=self._of(message_id, kind)
            | ({} if entry.reason is None else {"yizhan.code": entry.reason.partition(":")[0]}),
        )
        span.end(_nanoseconds(ended))

    def committed(
        self, seconds: float, entries: Sequence[InboxEntry], letters: Sequence[DeadLetter], signed: Sequence[Signed]
    ) -> None:
        ended = self._clock.now()
        begun = _nanoseconds(ended - timedelta(seconds=seconds))
        for one in signed:
            trace_id = trace_id_of(one.message_id)
            if trace_id is None:
                continue
            parent = _context(trace_id, span_id_of(one.message_id, one.addressee, 0))
            span = self._tracer.start_span(
                "receipt" if one.accepted else "returned",
                context=trace.set_span_in_context(NonRecordingSpan(parent)),
                kind=SpanKind.CONSUMER,
                start_time=begun,
                attributes=self._of(one.message_id, "receipt") | {"yizhan.addressee": one.addressee},
            )
            span.end(_nanoseconds(ended))

    def _dispatched(self, parcel: Parcel, outcome: PublishOutcome, now: int) -> None:
        trace_id = trace_id_of(parcel.message_id)
        if trace_id is None:
            return
        again = parcel.attempts > 0
        first = _context(trace_id, span_id_of(parcel.message_id, parcel.addressee, 0))
        context = trace.set_span_in_context(NonRecordingSpan(first) if again else trace.INVALID_SPAN)
        set_before = _ids.set((trace_id, _span_of(parcel)))
        try:
            span = self._tracer.start_span(
                f"dispatch {parcel.kind}",
                context=context,
                kind=SpanKind.PRODUCER,
                start_time=self._sent_at.pop(parcel.id, now),
                attributes=self._of(parcel.message_id, parcel.kind)
                | {"yizhan.addressee": parcel.addressee, "yizhan.attempt": parcel.attempts + 1},
            )
        finally:
            _ids.reset(set_before)
        if outcome is not PublishOutcome.CONFIRMED:
            span.set_status(Status(StatusCode.ERROR, outcome.value))
        span.end(now)

    def _of(self, message_id: str, kind: str) -> dict[str, str | int]:
        return {
            "messaging.system": "rabbitmq",
            "messaging.message.id": message_id,
            "yizhan.member": self._member,
            "yizhan.kind": kind,
        }


class _DerivedIds(RandomIdGenerator):
    """Ids that were reckoned, where there are any."""

    def generate_trace_id(self) -> int:
        given = _ids.get()
        return given[0] if given else super().generate_trace_id()

    def generate_span_id(self) -> int:
        given = _ids.get()
        return given[1] if given else super().generate_span_id()


def trace_id_of(message_id: str) -> int | None:
    """Return the trace of a message: its own id, which is 128 bits as well; None where it is no UUID."""
    try:
        return uuid.UUID(message_id).int or None
    except ValueError:
        return None


def span_id_of(message_id: str, addressee: str, attempt: int) -> int:
    """Return the span of one dispatch of one copy."""
    digest = hashlib.sha256(f"{message_id}\n{addressee}\n{attempt}".encode()).digest()
    return int.from_bytes(digest[:8], "big") or 1


def parent_in(headers: Mapping[str, object], message_id: str) -> SpanContext | None:
    """Return the span that a delivery's `traceparent` names, if it belongs to that message's trace."""
    found = _SHAPE.fullmatch(str(headers.get(TRACEPARENT, "")))
    if found is None or int(found[1], 16) != trace_id_of(message_id) or int(found[2], 16) == 0:
        return None
    return _context(int(found[1], 16), int(found[2], 16))


def _span_of(parcel: Parcel) -> int:
    return span_id_of(parcel.message_id, parcel.addressee, parcel.attempts)


def _context(trace_id: int, span_id: int) -> SpanContext:
    return SpanContext(trace_id, span_id, is_remote=True, trace_flags=TraceFlags(TraceFlags.SAMPLED))


def _nanoseconds(at: datetime) -> int:
    return int(at.timestamp() * 1e9)
