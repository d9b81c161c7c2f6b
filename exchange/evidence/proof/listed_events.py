"""The list of events in a bundle, held against what its files carry: nothing is invented, and nothing left out."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from exchange.envelope.strict import read_model
from exchange.errors import Malformed
from exchange.evidence.bundle.events_file import EVENTS, DeliveryEvent, DeliveryEvents
from exchange.evidence.bundle.reading import Bundle
from exchange.evidence.proof.events import events_in
from exchange.evidence.proof.findings import EvidenceFinding, FindingCode, Weight
from exchange.language import Text


def event_findings(bundle: Bundle, not_proved: Collection[str]) -> Iterator[EvidenceFinding]:
    """Yield events that are listed and not carried by a file, and those that are carried and not listed.

    ``not_proved``: files that do not hold. That is found already, and they neither carry events nor lack them.
    """
    data = bundle.files.get(EVENTS)
    if data is None:
        if EVENTS not in not_proved:
            words = Text("the list of events is not in the bundle, and every maker of one writes it")
            yield EvidenceFinding(Weight.MISSING, FindingCode.EVENTS_MISSING, EVENTS, words)
        return
    try:
        listed = set(read_model(DeliveryEvents, data, EVENTS).events)
    except Malformed as error:
        words = Text("the list of events cannot be read: {why}", {"why": error.text})
        yield EvidenceFinding(Weight.CONTRADICTION, FindingCode.EVENT_WITHOUT_PROOF, EVENTS, words)
        return
    carried = set(events_in({path: data for path, data in bundle.files.items() if path not in not_proved}))
    for one in _in_order(listed - carried):
        if one.proof not in not_proved:
            words = Text("{event} of {id} by {member} is listed, and {path} does not show it", _told(one))
            yield EvidenceFinding(Weight.CONTRADICTION, FindingCode.EVENT_WITHOUT_PROOF, one.message_id, words)
    for one in _in_order(carried - listed):
        words = Text("{event} of {id} by {member} is shown by {path}, and not listed", _told(one))
        yield EvidenceFinding(Weight.MISSING, FindingCode.EVENT_NOT_LISTED, one.message_id, words)


def _in_order(events: Collection[DeliveryEvent]) -> list[DeliveryEvent]:
    return sorted(events, key=lambda one: (one.at, one.event, one.message_id, one.proof))


def _told(one: DeliveryEvent) -> dict[str, object]:
    return {"event": one.event.value, "id": one.message_id, "member": one.by, "path": one.proof}
