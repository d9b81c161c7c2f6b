"""JSON Schema (draft 2020-12) of everything that travels, generated from the models and nowhere written by hand."""

from __future__ import annotations

from typing import Any

from schemas import MESSAGES, Application, Directory, Form, Header, Matter, Receipt, ReceiptProof, Wire

DIALECT = "https://json-schema.org/draft/2020-12/schema"

TITLES: dict[str, tuple[str, str]] = {
    "document": ("公文", "Official document"),
    "notice": ("通知（下行）", "Notice for an audience"),
    "forwarding": ("转发", "A notice passed on by a relay office"),
    "sign-off": ("签收或退文", "Signed for, or sent back"),
    "notice-reminder": ("通知催办", "Reminder of a notice"),
    "recall": ("撤回", "A notice is taken back"),
    "forwarded-request": ("转报请示", "A request passed on upward"),
    "request-forwarded": ("请示转报告知", "A request went further up"),
    "joint-draft": ("联合行文稿", "Text sent round for signature"),
    "joint-signature": ("会签", "A body's signature on a joint document"),
    "joint-refusal": ("拒签", "A body does not sign, and why"),
    "joint-ended": ("会签终止", "Nothing goes out: refused or withdrawn"),
    "joint-document": ("联合行文", "Joint document with all signatures"),
    "tally": ("签收情况", "How a notice stands at a level and below"),
    "receipts-request": ("调取回执", "Request for the receipts behind a tally"),
    "receipts-shown": ("出示回执", "The receipts behind a tally, or a part of them"),
    "consultation": ("征求意见", "Request for opinions"),
    "clearance": ("前置结果通知", "A prerequisite is in"),
    "case-closed": ("案件终结通知", "No opinion is wanted any more"),
    "opinion": ("审查意见", "A department's opinion"),
    "deemed-consent": ("视为同意", "Silence, taken as the rule says"),
    "deadline-notice": ("期限通报", "How deadlines stand"),
    "term-notice": ("期限变更通知", "A term was amended"),
    "reminder": ("催办", "Reminder"),
    "escalation": ("逾期上报", "A term over without a default"),
    "decision": ("决定", "The lead's decision"),
    "default-notice": ("视为同意通知", "A default took effect"),
    "receipt": ("签收、退文", "Signed receipts"),
    "directory-update": ("通讯录更新", "Directories handed on between levels"),
    "form": ("报送表", "Form that a notice carries"),
    "form-answer": ("报送", "A body's answer to a form"),
    "form-aggregate": ("报送汇总", "Answers of a level and all below"),
    "non-delivery": ("退运通知", "A message in transit ended here"),
    "header": ("信封明文头", "Clear header"),
    "application": ("申请", "Application"),
    "matter": ("事项", "Matter of the catalogue"),
    "directory": ("通讯录", "Signed directory"),
    "receipt-leaf": ("单份回执", "One receipt, a leaf of the batch's tree"),
    "receipt-proof": ("回执证明", "One receipt with its path to the signed root"),
}
"""Name of each schema, Chinese and English."""

MODELS: dict[str, type[Wire]] = {
    **MESSAGES,
    "header": Header,
    "application": Application,
    "matter": Matter,
    "directory": Directory,
    "form": Form,
    "receipt-leaf": Receipt,
    "receipt-proof": ReceiptProof,
}
"""What is exported, by name: every message kind, and what stands inside or around messages."""


def json_schemas() -> dict[str, dict[str, Any]]:
    """One self-contained JSON Schema a name, with ``$id``, both titles and the version."""
    return {name: _schema(name, model) for name, model in MODELS.items()}


def in_characters(schema: Any) -> Any:
    """The schema with the bounds of binary fields in characters of base64, as they travel, instead of in octets."""
    if isinstance(schema, list):
        return [in_characters(item) for item in schema]
    if not isinstance(schema, dict):
        return schema
    if schema.get("format") != "base64url":
        return {key: in_characters(value) for key, value in schema.items()}
    bounds = {key: -(-schema[key] // 3) * 4 for key in ("minLength", "maxLength") if key in schema}
    return schema | bounds


def version_of(model: type[Wire]) -> int:
    """The version of a model's format; 1 where it never had another."""
    version = getattr(model, "VERSION", 1)
    return int(version)


def _schema(name: str, model: type[Wire]) -> dict[str, Any]:
    schema = in_characters(model.model_json_schema())
    head = {
        "$schema": DIALECT,
        "$id": f"urn:yizhan:schema:{name}:{version_of(model)}",
        "title": " ".join(TITLES[name]),
        "version": str(version_of(model)),
    }
    return head | {key: value for key, value in schema.items() if key != "title"}
