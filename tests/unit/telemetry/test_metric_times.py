"""Our own histogram says what prometheus_client's would."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
from prometheus_client import CollectorRegistry, Histogram, disable_created_metrics, generate_latest
from prometheus_client.parser import text_string_to_metric_families

from exchange.telemetry.metrics import FAST, Words
from exchange.telemetry.times import Times

OBSERVED = st.lists(
    st.tuples(st.sampled_from(["document", "opinion"]), st.one_of(st.sampled_from(FAST), st.floats(0, 10))), max_size=30
)


@given(OBSERVED)
def test_our_histogram_and_the_clients_agree_on_every_observation(observed: list[tuple[str, float]]) -> None:
    disable_created_metrics()  # type: ignore[no-untyped-call]
    registry, theirs = CollectorRegistry(), CollectorRegistry()
    ours = Times("seconds", "text", "a.b", FAST, "kind")
    registry.register(ours)
    reference = Histogram("seconds", "text", ("member", "kind"), buckets=FAST, registry=theirs)
    for kind, seconds in observed:
        ours.observe(seconds, kind)
        reference.labels("a.b", kind).observe(seconds)
    assert _samples(registry) == _samples(theirs)


def _samples(registry: CollectorRegistry) -> dict[tuple[str, frozenset[tuple[str, str]]], float]:
    families = text_string_to_metric_families(generate_latest(registry).decode())
    return {
        (one.name, frozenset(one.labels.items())): round(one.value, 6) for family in families for one in family.samples
    }


def test_label_values_cannot_grow_beyond_their_bound() -> None:
    words = Words(most=3)
    said = {words.known(f"code-{number}") for number in range(100)}
    assert said == {"code-0", "code-1", "code-2", "other"}
    assert words.known("code-1") == "code-1"
