"""What a desk's pages are about, made for real: a city with a portal and a relay office, and one thing of each kind.

Cases, documents, notices, joint documents, licences, filings and drafts come by the doors through which they come in
production, so that pages verify what they verify; benchmarks/desk_store.py puts the million messages around them.
"""

from __future__ import annotations

import hashlib
import io
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from pypdf import PdfWriter

from exchange.approval.rules.states import CaseState
from exchange.approval.window.decision import Ruling, ruling_text
from exchange.approval.window.store import Cases
from exchange.approval.window.submit import submit
from exchange.broker.admin.node_info import NodeInfo
from exchange.documents.send import send_document
from exchange.joint.lead import propose_joint
from exchange.language import Language
from exchange.licences.asking import QueryWanted, ask
from exchange.licences.register import licence_of_case
from exchange.notices.cover import cover_notice
from exchange.notices.forms import collecting
from exchange.notices.issue import issue_notice
from exchange.notices.rules.covering import Covering
from exchange.runtime.work import Work, work_for
from exchange.schemas import (
    Applicant,
    Application,
    Attachment,
    Document,
    DocumentKind,
    DocumentNumber,
    FieldType,
    Form,
    FormField,
    Material,
    Notice,
    Outcome,
    Role,
    SubmittedMaterial,
    Treatment,
)
from exchange.trials.local import Seat
from exchange.web.door.permissions import AccountRole
from exchange.web.door.tokens import hashed
from exchange.web.telling.records import OfficerMailRow
from exchange.web.telling.states import MailWish, OfficerMailState
from exchange.web.telling.store import OfficerMails
from tests.journeys.city import City
from tests.journeys.portal import arrive, file, make_portal_city, offer
from tests.web.desk.bureau import write_portal, write_relay
from tests.web.desk.office import HOST, PEOPLE, Office, Officer, make_office

DEPARTMENTS = ("planning", "transport", "water")
MATTER = "works"
_DRAFT = re.compile(r'action="(/(?:documents|notices|joint)/drafts/[0-9a-f-]{36})"')


@dataclass
class BusyOffice:
    """The city, what was made in it, and under which ids each desk has it: by desk, then by the beginning of a path."""

    office: Office
    ids: dict[str, dict[str, dict[str, str]]] = field(default_factory=dict)

    @property
    def city(self) -> City:
        """The city."""
        return self.office.city

    def know(self, desk: str, beginning: str, **ids: str) -> None:
        """Pages of a desk that begin so are about these."""
        self.ids.setdefault(desk, {}).setdefault(beginning, {}).update(ids)


def make_busy_city(folder: Path, info: NodeInfo, domain: str, **further: object) -> City:
    """A city with a portal and a relay office that asks before it passes a notice on; it is not yet served."""
    city = make_portal_city(folder, info, domain, **further)
    work: Work = work_for((Role.RELAY,), covering=Covering.ASK_ALL)
    city.local.seats = {**city.local.seats, f"{domain}.relay": Seat((Role.RELAY,), work)}
    return city


def new_office(folder: Path, info: NodeInfo, domain: str, url: str | None) -> BusyOffice:
    """It, and nothing in it yet; enter ``city.local``."""
    office = make_office(folder, info, domain, DEPARTMENTS, make_busy_city, decide_rule=None)
    office.city.local.database_url = url
    for write in (write_relay, write_portal):
        write(folder / "home" / "departments", domain)
    return BusyOffice(office)


def settle(city: City) -> None:
    """Let everything that was written arrive."""
    for address in city.local.nodes:
        city.wake(address.rpartition(".")[2])
    city.local.settle()


def make_all(busy: BusyOffice) -> None:
    """One thing of each kind, at every desk that is looked at."""
    city = busy.city
    city.matter(city.approver("planning", silent=True), city.approver("transport"), materials=(_PLAN,))
    _cases(busy)
    _documents(busy)
    _notices(busy)
    _joints(busy)
    for desk in ("planning", "window", "relay"):
        _letter_draft(busy, desk)
        _mail_address(busy, desk)
    for desk in ("window", "portal"):
        _entered(busy, desk)
    settle(city)


_PLAN = Material(code="plan", name="施工方案", files=3)


def _pdf() -> bytes:
    writer, out = PdfWriter(), io.BytesIO()
    writer.add_blank_page(200, 300)
    writer.write(out)
    return out.getvalue()


def _cases(busy: BusyOffice) -> None:
    """One with a plan that is open, one that was granted with a licence, one that waits for its confirmation; a
    filing."""
    city, data = busy.city, _pdf()
    digest = hashlib.sha256(data).hexdigest()
    plan = Attachment(name="方案.pdf", media_type="application/pdf", size=len(data), digest=digest)
    application = Application(
        matter=MATTER,
        applicant=Applicant(name="热电公司", identifier="91340100X", contact="0551-0"),
        project="黄山路供热管道",
        materials=(SubmittedMaterial(code="plan", attachment=plan),),
        submitted_at=city.clock.now(),
    )
    opened = submit(city.window, application, enclosures=(data,))
    ready, granted = (submit(city.window, application, enclosures=(data,)) for _ in range(2))
    settle(city)
    for case in (ready, granted):
        for name in ("planning", "transport"):
            city.reply(name, case)
    prepared = ruling_text(Ruling(Outcome.GRANT, "各部门均无异议", "", ("第三十八条",)))
    with city.window.store.transaction() as tx:
        for case in (ready, granted):
            tx[Cases].move(case.number, {CaseState.READY}, CaseState.READY, prepared=prepared)
    lead, path = busy.office.officer("window"), f"/lead/case/{granted.number}"
    _signed(lead, f"{path}/confirm")
    _signed(lead, f"{path}/licence", permits="黄山路占道 180 米", first="2026-03-05", until="2026-12-31")
    settle(city)
    kept = licence_of_case(city.window, city.address("window"), granted.number)
    assert kept is not None
    ask(city.node("planning"), QueryWanted("核实", ("行政许可法第三十三条",), number=kept.body.number))
    settle(city)
    matter = offer(city, city.approver("planning"), city.approver("transport"))
    numbers = [file(city, matter) for _ in range(2)]
    arrive(city)
    filing = f"/lead/filing/{city.address('portal')}/{numbers[0]}"
    form = lead.hidden(filing)
    lead.post(f"{filing}/accept", {**form, **lead.fields_of(lead.post(f"{filing}/accept", form).text)})
    settle(city)
    busy.know("window", "/lead/filing", portal=city.address("portal"), number=numbers[1])
    busy.know("window", "/lead/case", number=opened.number, ready=ready.number, granted=granted.number)
    busy.know("window", "/lead/licences", licence=kept.body.number)
    busy.know("planning", "/case", number=opened.number, digest=digest)
    signer, at = busy.office.officer("planning"), f"/case/{opened.number}/opinion"
    kept_now = signer.post(at, {**signer.hidden(at), "verdict": "agree", "reasons": "可行", "then": "keep"})
    assert kept_now.status_code == 303, kept_now.text[:2000]


def _signed(officer: Officer, path: str, **typed: str) -> None:
    """Fill in a form, read it over, and sign it."""
    asked = officer.post(path, {**officer.hidden(path), **typed})
    assert asked.status_code == 200, asked.text[:2000]
    signed = officer.post(path, {**officer.fields_of(asked.text), **typed, "sure": "yes"})
    assert signed.status_code == 303, signed.text[:2000]


def letter(serial: int, kind: DocumentKind, issuer: str, to: str, **further: object) -> Document:
    """A short document."""
    return Document(
        number=DocumentNumber(agency="合规", year=2026, serial=serial), kind=kind, issuer=issuer,
        title=f"关于路网资料的{kind.value}", addressees=(to,), body="请予支持。", date=date(2026, 3, 2), **further,
    )  # fmt: skip


def _documents(busy: BusyOffice) -> None:
    """Each desk has got one, and planning asks the window something."""
    city, serial = busy.city, 1
    for sender, to, kind in (
        ("transport", "planning", DocumentKind.LETTER),
        ("planning", "window", DocumentKind.REPORT),
        ("planning", "relay", DocumentKind.LETTER),
    ):
        signed = {"signatory": "王某"} if kind is DocumentKind.REPORT else {}
        what = letter(serial, kind, sender, to, **signed)
        sent = send_document(city.node(sender), what, [city.address(to)])
        busy.know(to, "/documents", message=sent)
        serial += 1
    asked = letter(serial, DocumentKind.REQUEST, "planning", "window", signatory="王某")
    send_document(city.node("planning"), asked, [city.address("window")])
    settle(city)


_FORM = Form(
    title="防汛物资报送表",
    due_days=2,
    fields=(
        FormField(name="pumps", label="水泵", type=FieldType.INTEGER, minimum="0", unit="台"),
        FormField(name="note", label="说明", type=FieldType.TEXT, required=False),
    ),
)


def _notice(serial: int) -> Notice:
    number = DocumentNumber(agency="合政办", year=2026, serial=serial)
    document = Document(
        number=number, kind=DocumentKind.NOTICE, issuer="window", title="关于报送防汛物资的通知",
        body="请各单位认真落实。", date=date(2026, 3, 2),
    )  # fmt: skip
    return Notice(
        document=document, audience="departments", treatment=Treatment.ACTION, act_by=date(2026, 3, 20), form=_FORM
    )


def _notices(busy: BusyOffice) -> None:
    """One that departments are to answer, and one that waits for the relay office's cover."""
    city = busy.city
    passed = issue_notice(city.window, _notice(1))
    settle(city)
    cover_notice(city.node("relay"), passed, None)
    settle(city)
    collecting.tell(city.node("relay"))
    settle(city)
    waiting = issue_notice(city.window, _notice(2))
    settle(city)
    for desk, notice in (("window", passed), ("planning", passed), ("relay", waiting)):
        busy.know(desk, "/notices", notice=notice)
    busy.know("planning", "/notices", asked=passed)
    busy.know("window", "/notices", issued=passed)
    busy.know("relay", "/notices", waiting=waiting, passed=passed)
    clerk, path = busy.office.officer("planning"), f"/notices/{passed}/answer"
    kept = clerk.post(path, {**clerk.hidden(path), "f-pumps": "3", "then": "preview"})
    assert kept.status_code == 303, kept.text[:2000]
    relay, path = busy.office.officer("relay"), f"/notices/{waiting}/cover"
    cover = {"title": "关于批转报送的通知", "body": "请抓紧落实。", "issuer": "relay", "number": "合转〔2026〕7号",
             "signatory": "李某", "act_by": "2026-03-10", "then": "preview"}  # fmt: skip
    kept = relay.post(path, {**relay.hidden(path), **cover})
    assert kept.status_code == 303, kept.text[:2000]


def _joints(busy: BusyOffice) -> None:
    """One that planning and the window are to sign, of which transport is the lead."""
    city = busy.city
    report = Document(
        number=DocumentNumber(agency="合交", year=2026, serial=1), kind=DocumentKind.REPORT, issuer="交通局、规划局",
        signatory="王某", title="关于路网建设的报告", addressees=("市政府",), body="路网已经贯通。", date=None,
    )  # fmt: skip
    signers = [city.address(one) for one in ("planning", "water")]
    asked = propose_joint(city.node("transport"), report, signers, [city.address("window")])
    settle(city)
    busy.know("planning", "/joint", joint=asked)


def _letter_draft(busy: BusyOffice, desk: str) -> None:
    """Drafts of a document, a notice and a joint document, each ready to be looked over."""
    officer = busy.office.officer(desk)
    to = "transport" if desk == "planning" else "planning"
    typed = {"kind": "函", "to": to, "number": "合规函〔2026〕71号", "title": "关于商请提供路网资料的函",
             "body": "请于三月底前提供。", "issuer": desk}  # fmt: skip
    busy.know(desk, "/documents/drafts", draft=_drafted(officer, "/documents/write?kind=函", typed))
    if desk == "relay":
        return
    notice = {"number": "合政办〔2026〕201号", "title": "关于报送防汛物资的通知", "body": "请于期限内报送。",
              "issuer": desk, "groups": "departments", "act_by": "2026-03-20"}  # fmt: skip
    busy.know(desk, "/notices/drafts", draft=_drafted(officer, "/notices/write", notice))
    if desk == "planning":  # its peers alone can sign with it
        joint = {"kind": "报告", "signers": ["transport", "water"], "to": ["window"], "number": "合规〔2026〕900号",
                 "title": "关于路网的报告", "issuer": "规划局、交通局、水务局", "body": "路网已贯通。"}  # fmt: skip
        busy.know(desk, "/joint/drafts", draft=_drafted(officer, "/joint/propose", joint))


def _entered(busy: BusyOffice, desk: str) -> None:
    """An application from paper that is begun; at a portal one more is handed in."""
    officer = busy.office.officer(desk)
    matter = next(code for code, one in busy.city.local.catalogue.items() if one.guide is not None)
    typed = {"applicant-name": "热电公司", "applicant-identifier": "91340100X", "applicant-contact": "0551-0",
             "project": "黄山路供热管道", "then": "preview"}  # fmt: skip
    for _ in range(2 if desk == "portal" else 1):
        page = officer.get(f"/counter/begin?matter={matter}")
        path = page.partition('<form class="letter-form" method="post" action="')[2].partition('"')[0]
        fields = {"matter": matter, **officer.fields_of(page), **typed}
        kept = officer.post(path, fields, files={"file-plan": ("方案.txt", "方案".encode(), "text/plain")})
        assert kept.headers.get("location") == f"{path}/preview", kept.text[:3000]
        busy.know(desk, "/counter", draft=path.rpartition("/")[2], matter=matter)
        if "/counter/handed" not in busy.ids[desk] and desk == "portal":
            handed = officer.post(f"{path}/hand-in", {**officer.hidden(f"{path}/preview"), "declared": "yes"})
            busy.know(desk, "/counter/handed", number=handed.headers["location"].rpartition("/")[2])


def _mail_address(busy: BusyOffice, desk: str) -> None:
    """The supervisor has given an address that is not confirmed yet."""
    who, token = PEOPLE[AccountRole.SUPERVISOR][0], "token-of-the-letter"
    row = OfficerMailRow(
        who, "su@desk.test", Language.CHINESE, MailWish.DAILY, OfficerMailState.ASKED, hashed(token), HOST,
        busy.city.clock.now(),
    )  # fmt: skip
    with busy.city.node(desk).store.transaction() as tx:
        tx[OfficerMails].put(row)
    busy.know(desk, "/account/calendar/mail", token=token)


def _drafted(officer: Officer, form: str, typed: Mapping[str, object]) -> str:
    page = officer.get(form)
    place = _DRAFT.search(page)
    assert place is not None, page[:3000]
    inner = page.partition(f'action="{place[1]}"')[2].partition("</form>")[0]
    kept = officer.post(place[1], {**officer.fields_of(inner), **typed, "then": "preview"})
    assert kept.headers.get("location", "").endswith("/preview"), (form, kept.text[:3000], kept.headers)
    return place[1].rpartition("/")[2]
