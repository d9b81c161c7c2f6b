"""A lead's case at its desk: an objection is overruled with reasons, read over before the signature, decided once."""

from __future__ import annotations

import pytest

from exchange.approval.rules.states import CaseState
from exchange.approval.window.store import Cases
from exchange.evidence.bundle.contents import BundleReader
from exchange.evidence.proof.findings import Conclusion, FindingCode, Weight
from exchange.evidence.proof.verifying import verify_bundle
from exchange.runtime.settings import Home
from exchange.schemas import Outcome, Verdict
from tests.journeys.portal import arrive, file, offer, tell, view
from tests.web.desk.office import Office


@pytest.mark.broker
def test_an_objection_is_overruled_with_reasons_and_the_decision_is_made_once(lead_office: Office) -> None:
    city = lead_office.city
    city.matter(city.approver("planning"), city.approver("transport"), code="overruled")
    case = city.submit("overruled")
    first, second, path = lead_office.officer("window"), lead_office.officer("window"), f"/lead/case/{case.number}"
    assert "0 of 2 in" in first.get("/?list=parallel")
    city.reply("planning", case)
    assert "1 of 2 in" in first.get(f"/?list=parallel&words={case.number}")
    city.reply("transport", case, Verdict.DISAGREE, reasons="道路狭窄", basis=("道路交通安全法第三十二条",))
    assert case.number in first.get("/?list=lead")
    told = first.get("/account/calendar/deadlines.ics").replace("\r\n ", "")
    assert f"decide or deliver: {case.number}" in told
    assert "道路狭窄" in first.get(path)
    transport = city.address("transport")
    form = {
        **first.hidden(f"{path}/decide"),
        "outcome": Outcome.GRANT.value,
        "reasons": "方案可行",
        "basis": "第三十八条",
    }
    other = second.hidden(f"{path}/decide")
    missing = first.post(f"{path}/decide", form)
    assert missing.status_code == 422
    assert "Why the objection of" in missing.text
    form[f"overrule-{transport}"] = "已定夜间施工"
    shown = first.post(f"{path}/decide", form)
    assert shown.status_code == 200
    assert "What will be signed" in shown.text
    assert "已定夜间施工" in shown.text
    assert city.case(case).state is CaseState.READY, "reading it over signs nothing"
    sure = {**form, "sure": "yes"}
    assert first.post(f"{path}/decide", sure).status_code == 303
    assert first.post(f"{path}/decide", sure).status_code == 303, "sent twice, it is decided once"
    late = second.post(f"{path}/decide", {**sure, **other, "outcome": Outcome.REFUSE.value})
    assert late.status_code == 409
    assert "somebody has acted on this meanwhile" in late.text
    assert "方案可行" in late.text, "what was typed is in the page still"
    assert (city.case(case).state, city.case(case).outcome) == (CaseState.DECIDED, Outcome.GRANT.value)
    deliver = {**first.hidden(f"{path}/deliver"), "to": "热电公司，窗口领取"}
    assert first.post(f"{path}/deliver", deliver).status_code == 303
    assert "热电公司，窗口领取" in first.get(path)
    assert f'href="/evidence/{case.number}"' in first.get(path)
    domain, home = city.local.folder, Home(lead_office.folder / "home")
    home.directory.write_bytes((domain / "directory.cose").read_bytes())
    given = first.http.get(f"/evidence/{case.number}")
    assert given.headers["content-disposition"].startswith("attachment")
    authority = (domain / "authority" / "authority.der").read_bytes()
    found = verify_bundle(given.content, authority)
    unproved = {one.code for one in found.findings if one.weight is not Weight.PROVED}
    assert unproved == {FindingCode.DIRECTORY_NOT_SHOWN_CURRENT}, "all but that nobody states the directory here"
    asked = next(one.about for one in found.findings if one.code is FindingCode.DECISION)
    single = verify_bundle(first.http.get(f"/evidence/{asked}").content, authority)
    assert {one.code for one in single.findings} >= {FindingCode.DOCUMENT_SIGNED, FindingCode.RECEIVED}
    assert first.http.get("/evidence/NO-SUCH-CASE").status_code == 404
    for reader in (BundleReader.COURT, BundleReader.APPLICANT, BundleReader.PUBLIC):
        assert f'href="/evidence/{case.number}/{reader}"' in first.get(path)
        redacted = verify_bundle(first.http.get(f"/evidence/{case.number}/{reader}").content, authority)
        assert redacted.contents.reader is reader
        assert redacted.conclusion is not Conclusion.CONTRADICTED
    refused = first.http.get(f"/evidence/{asked}/applicant")
    assert (refused.status_code, "for this reader" in refused.text) == (403, True)
    assert first.http.get(f"/evidence/{case.number}/everybody").status_code == 403


@pytest.mark.broker
def test_a_filing_becomes_a_case_whose_objection_is_overruled_by_pages_alone(lead_office: Office) -> None:
    city, officer = lead_office.city, lead_office.officer("window")
    number = file(city, offer(city, city.approver("planning"), city.approver("transport")))
    filing = f"/lead/filing/{city.address('portal')}/{number}"
    form = officer.hidden(filing)
    asked = officer.post(f"{filing}/accept", form)
    path = officer.post(f"{filing}/accept", {**form, **officer.fields_of(asked.text)}).headers["location"].split("?")[0]
    city.local.settle()
    with city.window.store.reading() as tx:
        case = tx[Cases].get(path.rsplit("/", 1)[1])
    assert case is not None
    city.reply("planning", case)
    city.reply("transport", case, Verdict.DISAGREE, reasons="道路狭窄", basis=("第三十二条",))
    decide = {**officer.hidden(f"{path}/decide"), "outcome": Outcome.GRANT.value, "reasons": "方案可行",
              "basis": "第三十八条", f"overrule-{city.address('transport')}": "已定夜间施工"}  # fmt: skip
    assert "已定夜间施工" in officer.post(f"{path}/decide", decide).text
    assert officer.post(f"{path}/decide", {**decide, "sure": "yes"}).status_code == 303
    arrive(city)
    tell(city)
    served = view(city, number).decision
    assert served is not None, "the applicant has the decision"
