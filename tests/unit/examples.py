"""One example of everything that travels, with all optional fields filled where a kind allows it."""

from __future__ import annotations

from datetime import date

from schemas import (
    Applicant,
    Application,
    Approver,
    Attachment,
    Body,
    CaseClosed,
    Clearance,
    Considered,
    Consultation,
    ConsultedDepartment,
    DeadlineNotice,
    Decision,
    DefaultMode,
    DefaultNotice,
    Directory,
    Document,
    DocumentKind,
    DocumentNumber,
    EncryptionKey,
    Escalation,
    Header,
    Material,
    Member,
    NonDelivery,
    NonDeliveryReason,
    Opinion,
    Outcome,
    Overruling,
    ProcedureKind,
    Receipt,
    ReceiptBatch,
    ReceiptOutcome,
    ReceiptProof,
    Reminder,
    Result,
    Role,
    SpecialProcedure,
    Standing,
    SubmittedMaterial,
    Suite,
    Term,
    TermNotice,
    Verdict,
    Wire,
)
from tests.unit.facts import ID, OTHER_ID, at, deadline, deemed_on, end, extend, matter, reminder, start, stop

DIGEST = "ab" * 32
ATTACHMENT = Attachment(name="plan.txt", media_type="text/plain", size=17, digest=DIGEST)

APPLICATION = Application(
    matter="works",
    applicant=Applicant(name="热电公司", identifier="91340100X", contact="0551-0"),
    project="黄山路供热管道",
    summary="占用慢车道",
    materials=(SubmittedMaterial(code="plan", attachment=ATTACHMENT), SubmittedMaterial(code="photo", note="on file")),
    submitted_at=at("03-02"),
)

DOCUMENT = Document(
    number=DocumentNumber(agency="合政办", year=2026, serial=3),
    kind=DocumentKind.NOTICE,
    issuer="合肥市人民政府办公室",
    signatory="王某",
    title="关于做好防汛工作的通知",
    addressees=("各部门",),
    copy_recipients=("市委办公室",),
    body="正文。\n第二段。",
    attachment_note=("值班安排表",),
    attachments=(ATTACHMENT,),
    date=date(2026, 3, 2),
    notes="此件公开发布",
)

PROOF = ReceiptProof(
    receipt=b"\xfb\xff a receipt's JSON bytes", index=2, size=3, path=(b"\xff" * 32, b"\x00" * 32), signed=b"\x84 root"
)

DEADLINE = deadline(start("03-02"), extend("03-03", 2), stop("03-04", 3), evidence=PROOF)

MESSAGES: tuple[Body, ...] = (
    DOCUMENT,
    Consultation(
        case_number="HEFEI-2026-000001",
        matter="works",
        matter_version="2026.1",
        matter_name="占用道路",
        lead="c.window",
        stage=1,
        basis=("城市道路管理条例第三十条",),
        application=APPLICATION,
        departments=(
            ConsultedDepartment(department="c.police", term=Term(fixed=end("03-09")), default=DefaultMode.NONE),
            ConsultedDepartment(
                department="c.transport",
                term=Term(days=3),
                default=DefaultMode.CONSENT,
                default_basis=("缺席默认制",),
                after=("c.police",),
            ),
        ),
        document=DOCUMENT,
        issued_at=at("03-02"),
    ),
    Clearance(
        case_number="C-1",
        consultation_id=ID,
        results=(
            Result(department="c.police", verdict=Verdict.AGREE_WITH_CONDITIONS, conditions="夜间施工"),
            Result(department="c.fire", verdict=None),
        ),
    ),
    CaseClosed(case_number="C-1", reason="withdrawn", at=at("03-03")),
    Opinion(
        case_number="C-1",
        consultation_id=ID,
        department="c.transport",
        verdict=Verdict.SPECIAL_PROCEDURE,
        basis=("行政许可法第四十五条",),
        procedure=SpecialProcedure(kind=ProcedureKind.HEARING, days=5),
        officer="审批科",
        decided_on=date(2026, 3, 3),
    ),
    deemed_on(DEADLINE, end("03-16"), reminder("03-05"), reminder("03-12", 90)),
    DeadlineNotice(deadlines=(DEADLINE, deadline(fixed=end("03-09")))),
    Reminder(
        case_number="C-1",
        department="c.transport",
        consultation_id=ID,
        rung=90,
        due_at=end("03-09"),
        default=DefaultMode.CONSENT,
    ),
    TermNotice(
        case_number="C-1",
        department="c.transport",
        consultation_id=ID,
        entry=extend("03-03", 2),
        due_at=end("03-11"),
    ),
    Escalation(
        case_number="C-1",
        department="c.transport",
        consultation_id=ID,
        due_at=end("03-09"),
        obstacles=("excluded: life-safety",),
        remarks="the lead must act",
    ),
    Decision(
        case_number="C-1",
        matter="works",
        lead="c.window",
        outcome=Outcome.GRANT_WITH_CONDITIONS,
        reasons="经并联征求意见",
        conditions="夜间施工",
        basis=("城市道路管理条例第三十条",),
        considered=(
            Considered(department="c.police", standing=Standing.ANSWERED, verdict=Verdict.DISAGREE, message_id=ID),
            Considered(department="c.transport", standing=Standing.DEEMED, message_id=OTHER_ID),
        ),
        overruled=(Overruling(department="c.police", reasons="措施充分"),),
        officer="综合窗口",
        decided_at=at("03-10"),
    ),
    DefaultNotice(
        case_number="C-1",
        department="c.transport",
        mode=DefaultMode.CONSENT,
        due_at=end("03-09"),
        effective_at=at("03-10"),
        deemed_consent=OTHER_ID,
        basis=("缺席默认制",),
        paper_owed_by=end("03-11"),
    ),
    ReceiptBatch(root=DIGEST, size=3, receiver="c.transport", sender="c.window", at=at("03-02")),
    NonDelivery(
        message_id=ID,
        addressee="c.d.nobody",
        envelope=DIGEST,
        reason_code=NonDeliveryReason.UNKNOWN_ADDRESSEE,
        reason="c.d has no member of that address",
        at=at("03-02"),
        relay="c.d.relay",
    ),
)
"""One of each message kind."""

EXAMPLES: dict[str, Wire] = {message.KIND: message for message in MESSAGES} | {
    "header": Header(
        message_id=ID,
        conversation_id=OTHER_ID,
        in_reply_to=OTHER_ID,
        kind="document",
        sender="c.window",
        addressees=("c.transport", "c.police"),
        created_at=at("03-02"),
    ),
    "application": APPLICATION,
    "matter": matter(
        Approver(department="c.police", term_days=5, veto=True),
        Approver(department="c.transport", term_days=3, after=("c.police",)),
        materials=(Material(code="plan", name="施工方案"), Material(code="photo", name="照片", required=False)),
    ),
    "directory": Directory(
        domain="c",
        version=1,
        issued_at=at("03-02"),
        expires_at=at("2027-03-02"),
        members=(
            Member(
                address="c.window",
                name="窗口",
                name_en="Window",
                roles=(Role.WINDOW,),
                superior="c.monitor",
                certificates=(b"\x30\x82 certificate",),
                encryption_keys=(
                    EncryptionKey(
                        kid="0123456789abcdef",
                        suite=Suite.HYBRID,
                        public=b"\xff" * 1216,
                        not_before=at("03-02"),
                        not_after=at("2027-03-02"),
                    ),
                ),
                revoked_at=at("2026-12-31"),
            ),
        ),
    ),
    "receipt-leaf": Receipt(
        outcome=ReceiptOutcome.RETURNED,
        message_id=ID,
        sender="c.window",
        receiver="c.transport",
        digest=DIGEST,
        arrived_at=at("03-02"),
        signed_for_at=at("03-02", "09:01"),
        reason_code="not-consulted",
        reason="not ours",
    ),
    "receipt-proof": PROOF,
}
"""One of everything that is exported, by its name."""
