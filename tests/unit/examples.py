"""One example of everything that travels, with all optional fields filled where a kind allows it."""

from __future__ import annotations

from datetime import date

from schemas import (
    Aggregate,
    Applicant,
    Application,
    Approver,
    Attachment,
    Body,
    CaseClosed,
    ClaimCheck,
    Clearance,
    Considered,
    Consultation,
    ConsultedDepartment,
    Count,
    Cover,
    DeadlineNotice,
    Decision,
    DefaultMode,
    DefaultNotice,
    Delegation,
    Directory,
    DirectoryUpdate,
    Document,
    DocumentKind,
    DocumentNumber,
    DomainTotal,
    EncryptionKey,
    Escalation,
    FieldTotal,
    FieldType,
    FieldValue,
    Form,
    FormAnswer,
    FormField,
    ForwardedRequest,
    Forwarding,
    Header,
    JointDocument,
    JointDraft,
    JointEnded,
    JointEnding,
    JointRefusal,
    JointSignature,
    Material,
    Member,
    NonDelivery,
    NonDeliveryReason,
    Notice,
    NoticeReminder,
    OfferedDirectory,
    Opinion,
    Outcome,
    Overruling,
    ProcedureKind,
    Purpose,
    Recall,
    Receipt,
    ReceiptBatch,
    ReceiptOutcome,
    ReceiptProof,
    Reminder,
    RequestForwarded,
    Result,
    ReturnedBy,
    Role,
    Row,
    SignOff,
    SpecialProcedure,
    Standing,
    SubmittedMaterial,
    Suite,
    Tally,
    Term,
    TermNotice,
    Treatment,
    Verdict,
    Wire,
)
from tests.unit.facts import ID, OTHER_ID, at, deadline, deemed_on, end, extend, matter, reminder, start, stop

DIGEST = "ab" * 32
ATTACHMENT = Attachment(name="plan.txt", media_type="text/plain", size=17, digest=DIGEST)

CLAIM = ClaimCheck(
    name="测绘成果.zip", media_type="application/zip", size=2_000_000_000, digest=DIGEST, object_key="cd" * 32,
    content_key=b"\xff" * 32, nonce_prefix=b"\xfb" * 7, ciphertext_digest="ef" * 32,
)  # fmt: skip

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
    claims=(CLAIM,),
    date=date(2026, 3, 2),
    notes="此件公开发布",
)

OPINION_UPWARD = Document(
    number=DocumentNumber(agency="合政", year=2026, serial=9),
    kind=DocumentKind.OPINION,
    issuer="合肥市人民政府",
    signatory="李某",
    title="关于追加防汛经费的意见",
    addressees=("省人民政府",),
    body="情况属实，建议同意。",
    date=date(2026, 3, 3),
    copies=("c.audit",),
    purpose=Purpose.INFORMATION,
)

JOINT_TEXT = OPINION_UPWARD.model_copy(update={"date": None})

COVER = Cover(
    document=Document(
        number=DocumentNumber(agency="合政办", year=2026, serial=7),
        kind=DocumentKind.NOTICE,
        issuer="合肥市人民政府办公室",
        signatory="李某",
        title="关于转发《关于做好防汛工作的通知》的通知",
        addressees=("各县（市、区）人民政府",),
        body="请结合实际认真贯彻执行。",
        date=date(2026, 3, 4),
    ),
    act_by=date(2026, 3, 18),
)

PROOF = ReceiptProof(
    receipt=b"\xfb\xff a receipt's JSON bytes", index=2, size=3, path=(b"\xff" * 32, b"\x00" * 32), signed=b"\x84 root"
)

DEADLINE = deadline(start("03-02"), extend("03-03", 2), stop("03-04", 3), evidence=PROOF)

FORM = Form(
    title="防汛物资报送表",
    fields=(
        FormField(name="pumps", label="水泵", type=FieldType.INTEGER, unit="台", minimum="0", maximum="1000"),
        FormField(name="level", label="响应等级", type=FieldType.CHOICE, choices=("一级", "二级")),
        FormField(name="remarks", label="备注", type=FieldType.TEXT, required=False),
    ),
    due_days=3,
)

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
    Notice(
        document=DOCUMENT,
        audience="departments at county, c.transport except all below c.d",
        treatment=Treatment.ACTION,
        act_by=date(2026, 3, 20),
        replaces=OTHER_ID,
        form=FORM,
    ),
    Forwarding(
        notice_id=ID,
        origin="c.office",
        digest=DIGEST,
        path=("c.relay", "c.d.relay"),
        cover=COVER,
    ),
    ForwardedRequest(request_id=ID, origin="c.d.office", digest=DIGEST, opinion=OPINION_UPWARD, path=("c.office",)),
    RequestForwarded(
        request_id=ID, origin="c.d.office", digest=DIGEST, to="office.c", opinion="拟同意。", path=("c.office",)
    ),
    JointDraft(
        joint_id=ID,
        document=JOINT_TEXT,
        signers=("c.d.planning", "c.e.planning"),
        addressees=("c.planning",),
    ),
    JointSignature(joint_id=ID, digest=DIGEST, signature=b"\x83 signature"),
    JointRefusal(joint_id=ID, digest=DIGEST, reasons="涉及资金，须先报批"),
    JointEnded(joint_id=ID, digest=DIGEST, ending=JointEnding.REFUSED, by="c.e.planning", reasons="涉及资金，须先报批"),
    JointDocument(joint_id=ID, digest=DIGEST, issued_on=date(2026, 3, 5)),
    SignOff(notice_id=ID, digest=DIGEST, accepted=False, reason="非本单位职责", at=at("03-02")),
    NoticeReminder(notice_id=ID, rung=50, at=at("03-09")),
    Recall(notice_id=ID, digest=DIGEST, replaced_by=OTHER_ID, reason="附件有误", at=at("03-03")),
    Tally(
        notice_id=ID,
        domain="c",
        serial=3,
        counts=(Count(level=0, meant=2, has=2, signed=1), Count(level=1, meant=4, has=3, signed=1, returned=1)),
        unsigned=("c.d.fire", "c.transport"),
        unsigned_more=1,
        returned=(ReturnedBy(address="c.d.police", reason="非本单位职责"),),
        root=DIGEST,
    ),
    ReceiptBatch(root=DIGEST, size=3, receiver="c.transport", sender="c.window", at=at("03-02")),
    DirectoryUpdate(directories=(OfferedDirectory(domain="c.d", version=2, digest=DIGEST),)),
    FormAnswer(
        notice_id=ID, values=(FieldValue(name="pumps", value="12"), FieldValue(name="remarks", value="水泵待修"))
    ),
    Aggregate(
        notice_id=ID,
        domain="c.d",
        serial=2,
        totals=(
            DomainTotal(domain="c.d", asked=2, answered=1, fields=(FieldTotal(name="pumps", count=1, sum="12"),)),
            DomainTotal(domain="c.d.e", asked=4, answered=3),
        ),
        rows=(Row(body="c.d.fire", values=(FieldValue(name="pumps", value="12"),), proof=DIGEST),),
        rows_more=3,
        missing=("c.d.police",),
        missing_more=1,
        unheard=("c.d.f",),
    ),
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
        delegations=(
            Delegation(
                domain="c.d",
                certificates=(b"\x30\x82 authority",),
                issued_at=at("03-02"),
                expires_at=at("2028-03-02"),
                least_version=2,
                revoked_at=at("2027-03-02"),
                revoked_for="合并",
            ),
        ),
    ),
    "form": FORM,
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
