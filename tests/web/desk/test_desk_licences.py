"""Licences at the lead's desk: issued on a grant, read over, renewed, changed, revoked, cancelled; asked about."""

from __future__ import annotations

import pytest

from exchange.hand_codes import grouped
from exchange.licences.register import licence_of_case
from exchange.licences.rules.entering import LicenceState
from exchange.schemas import Verdict
from exchange.web.door.permissions import AccountRole
from tests.web.desk.office import Office, Officer

pytestmark = pytest.mark.broker


def act(officer: Officer, path: str, **typed: str) -> str:
    """Fill in a form, read it over, and sign it; where that leads."""
    asked = officer.post(path, {**officer.hidden(path), **typed})
    assert asked.status_code == 200, asked.text[:2000]
    signed = officer.post(path, {**officer.fields_of(asked.text), **typed, "sure": "yes"})
    assert signed.status_code == 303, signed.text[:2000]
    return signed.headers["location"]


def test_a_licence_is_issued_and_everything_that_happens_to_it_is_entered(office: Office) -> None:
    case = office.city.submit()
    for name in ("planning", "transport"):
        office.city.reply(name, case, Verdict.AGREE)
    office.city.wake("planning")
    office.city.wake("transport")
    office.city.local.settle()
    lead, clerk = office.officer("window"), office.officer("window", AccountRole.CLERK)
    if office.city.case(case).outcome is None:
        act(lead, f"/lead/case/{case.number}/confirm")
    page = lead.get(f"/lead/case/{case.number}")
    assert f"/lead/case/{case.number}/licence" in page
    form = f"/lead/case/{case.number}/licence"
    wrong = lead.post(form, {**lead.hidden(form), "number": "许可一号", "first": "tomorrow"})
    assert wrong.status_code == 422
    assert all(f'id="{name}-fault"' in wrong.text for name in ("permits", "first", "number")), "all at once"
    before = lead.post(form, {**lead.hidden(form), "permits": "占道", "first": "2025-03-05"})
    assert (before.status_code, "before the decision" in before.text) == (409, True)
    assert licence_of_case(office.city.window, office.city.window.address, case.number) is None, "nothing is signed yet"
    made = act(lead, form, permits="黄山路占道 180 米", first="2026-03-05", until="2026-12-31")
    assert made.endswith("done=licence")
    kept = licence_of_case(office.city.window, office.city.window.address, case.number)
    assert kept is not None
    assert (kept.body.permits, str(kept.body.valid_until)) == ("黄山路占道 180 米", "2026-12-31")
    path = f"/lead/licences/{kept.body.number}"
    assert f'href="{path}"' in lead.get(f"/lead/licences?words={kept.body.number}")
    page = lead.get(path)
    assert all(word in page for word in ("黄山路占道 180 米", grouped(kept.row.code), "To be published by"))
    page = lead.get(f"/lead/case/{case.number}")
    assert (f'href="{path}"' in page, f'href="{form}"' in page) == (True, False), "issued once"
    assert f"{path}/revoke" not in clerk.get(path)
    said = {"reasons": "工期延长", "basis": "行政许可法第五十条", "first": "2026-03-02"}
    earlier = lead.post(f"{path}/renew", {**lead.hidden(f"{path}/renew"), **said, "until": "2026-06-30"})
    assert (earlier.status_code, 'name="sure"' in earlier.text) == (409, False), "told before anybody reads it over"
    assert act(lead, f"{path}/renew", **said, until="2027-06-30").endswith("done=licence-renew")
    nothing = lead.post(f"{path}/change", {**lead.hidden(f"{path}/change"), **said})
    assert (nothing.status_code, "nothing is changed" in nothing.text) == (422, True)
    act(lead, f"{path}/change", **said, permits="黄山路占道 200 米")
    assert "A signer signs it" in clerk.get(f"{path}/revoke"), "no button that would be refused"
    assert clerk.post(f"{path}/revoke", {**clerk.hidden(f"{path}/revoke"), **said}).status_code == 403
    old = lead.hidden(f"{path}/cancel")
    act(lead, f"{path}/revoke", **said)
    late = lead.post(f"{path}/cancel", {**old, **said, "sure": "yes"})
    assert late.status_code == 409
    act(lead, f"{path}/cancel", **said)
    page = lead.get(path)
    assert all(word in page for word in ("renewed", "changed", "revoked", "cancelled", "黄山路占道 200 米"))
    assert 'valid until <span class="moment">2027-06-30</span>' in page
    after = licence_of_case(office.city.window, office.city.window.address, case.number)
    assert after is not None
    assert (after.row.state, after.row.entries) == (LicenceState.CANCELLED, 4)
    assert [done for done in office.logged("window") if done[1].startswith("licence.") and done[3] == "done"] == [
        ("sun", "licence.issue", form, "done"),
        *(("sun", f"licence.{one}", f"{path}/{one}", "done") for one in ("renew", "change", "revoke", "cancel")),
    ]
    assert "no other window to ask" in lead.get("/licences")
    asked = office.officer("planning", AccountRole.CLERK)
    empty = asked.post("/licences", {**asked.hidden("/licences"), "purpose": "核实"})
    assert (empty.status_code, 'id="number-fault"' in empty.text, 'id="basis-fault"' in empty.text) == (422, True, True)
    query = {"number": kept.body.number, "purpose": "核实是否有效", "basis": "行政许可法第三十三条"}
    assert act(asked, "/licences", **query) == "/licences?done=licence-asked"
    office.city.wake("planning")
    office.city.local.settle()
    assert kept.body.number in asked.get("/licences")
    number = kept.body.number
    for shown in (lead.get(f"/lead/licences/asked?number={number}"), lead.get("/lead/licences/asked")):
        assert "核实是否有效" in shown
        assert "行政许可法第三十三条" in shown
    assert "Nobody has asked" in lead.get("/lead/licences/asked?number=C-0000")
