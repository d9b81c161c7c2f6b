"""A department revoked in the middle of a case: the others, and the case, go on."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path

import pytest

from exchange.approval.rules.states import CaseState, PartState
from exchange.approval.window.store import Cases
from exchange.broker.admin.node_info import NodeInfo
from exchange.directory import Authority, load_directory_file
from exchange.directory.changes import revoked
from exchange.errors import NotFound
from exchange.messaging.inbox import Inbox
from exchange.schemas import Verdict
from tests.journeys.city import City, make_city, wait_until

pytestmark = pytest.mark.broker


def revoke(city: City, name: str, at: datetime) -> None:
    """Publishes a directory in which a member is revoked, and has every node take it."""
    folder, now = city.local.folder, city.clock.now()
    authority = Authority.open_or_create(folder / "authority", city.local.domain, now)
    present = city.window.directory
    members = [revoked(one, at, "test") if one.address == city.address(name) else one for one in present.members]
    authority.publish(folder / "directory.cose", members, now, present.expires_at)
    view = load_directory_file(folder / "directory.cose", authority.certificate, now, present.version)
    for node in city.local.nodes.values():
        node.directory = view


def test_silence_of_a_revoked_department_is_escalated_and_never_taken_for_consent(
    tmp_path: Path, broker: NodeInfo, domain: str
) -> None:
    city = make_city(tmp_path, broker, domain)
    city.matter(city.approver("planning", days=20), city.approver("transport", silent=True))
    with city.local:
        case = city.submit()
        assert city.part(case, "transport").state is PartState.SIGNED
        city.clock.step_to(city.clock.now() + timedelta(hours=1))  # its receipt was signed before
        revoke(city, "transport", city.clock.now())
        city.through(7)
        assert city.part(case, "transport").state is PartState.ESCALATED
        city.reply("planning", case)
        assert city.part(case, "planning").state is PartState.ANSWERED
        with city.window.store.reading() as tx:
            assert tx[Inbox].dead_letters() == []


def test_an_opinion_signed_before_the_revocation_counts_and_the_others_are_told_of_the_decision(
    tmp_path: Path, broker: NodeInfo, domain: str
) -> None:
    city = make_city(tmp_path, broker, domain)
    city.matter(city.approver("planning"), city.approver("transport"))
    with city.local:
        case = city.submit()
        city.local.stop(city.address("window"))
        city.reply("transport", case, settle=False)
        at = city.clock.now().replace(hour=10)
        city.clock.step_to(at)
        revoke(city, "transport", at)
        city.local.start(city.address("window"))
        city.reply("planning", case, settle=False)
        wait_until(lambda: city.case(case).state is CaseState.DECIDED, 60, "the decision")
        assert city.part(case, "transport").verdict is Verdict.AGREE
        with city.window.store.reading() as tx:
            assert tx[Inbox].dead_letters() == []


def test_an_application_that_needs_a_revoked_department_is_refused_and_nothing_is_stored(
    tmp_path: Path, broker: NodeInfo, domain: str
) -> None:
    city = make_city(tmp_path, broker, domain)
    city.matter(city.approver("planning"), city.approver("transport"))
    with city.local:
        revoke(city, "transport", city.clock.now())
        with pytest.raises(NotFound, match="revoked"):
            city.submit()
        with city.window.store.reading() as tx:
            assert tx[Cases].recent() == []
