"""What a system does at a portal for applicants: hands in, completes, states, withdraws."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterator
from typing import Annotated, Any, TypeVar

from fastapi import APIRouter, Response

from exchange.api.cases.applications import application_asked, with_files
from exchange.api.cases.conditions import IfMatch
from exchange.api.cases.models import CaseIn
from exchange.api.content import CaseForm, Files, body_of, json_of, strictly
from exchange.api.door.auth import Filing, Shared
from exchange.api.door.context import Api, Caller
from exchange.api.filings.large import as_found, files_of, left_in_store
from exchange.api.filings.portal_models import (
    AccessCodeIn,
    AccessCodeMade,
    FilingIn,
    FilingMade,
    FilingSent,
    FilingWithdrawalIn,
    StatementIn,
    SupplementIn,
)
from exchange.api.filings.progress import expect_progress, expect_under_way
from exchange.api.idempotency import Key, fingerprint_of, is_answered, once
from exchange.api.model import ApiModel
from exchange.api.problems import documented
from exchange.api.unfit import UnfitApplication
from exchange.catalogue.completeness import Shortcoming, completeness_of
from exchange.catalogue.typed import tidied_application
from exchange.messaging.node import Node, Step
from exchange.portal.codes import new_code
from exchange.portal.handing_in import hand_over_in
from exchange.portal.replacing import replace_code_in
from exchange.portal.speaking import state_view_in, withdraw_filing_in
from exchange.portal.submitting import Submission, enter_in, offered, supplement_in
from exchange.portal.superior import window_of
from exchange.portal.uploads.submitted import look_at_all
from exchange.schemas import Applicant, FilingChannel, FilingNumber

router = APIRouter(tags=["portal"])
C = TypeVar("C", bound=CaseIn)
Handler = Callable[..., Response]
LOCATION: dict[str, Any] = {"Location": {"description": "办理进度 · its progress", "schema": {"type": "string"}}}


def at_portal(
    path: str, body: type[ApiModel], answer: type[ApiModel], summary: str, description: str, *, form: bool = False
) -> Callable[[Handler], Handler]:
    """Declare what is said on a filing: accepted (202), and documented, alike for all."""
    return router.post(
        f"/filings/{{number}}/{path}",
        status_code=202,
        response_model=answer,
        summary=summary,
        description=description,
        responses=documented(404, 409, 412, 413, 415),
        openapi_extra=body_of(body, form=form),
    )


@router.post(
    "/filings",
    status_code=201,
    response_model=FilingMade,
    summary="代申请人提交 · Hand in for an applicant",
    description="表单与材料一次校验，缺项全部列出；提交不等于受理。附件：JSON 中的 base64（每个至多 256 KiB），"
    "或表单文件（材料的 `file` 写其名，可更大）。 · Checked by the matter's form, everything that is "
    "wrong at once; filed is not accepted. Attachments: base64 in the JSON (256 KiB each), or files "
    "of a form beside the part `message`, which a "
    "material names in `file` and which may be larger. Scope: file.",
    responses=documented(409, 413, 415, headers={201: LOCATION}),
    openapi_extra=body_of(FilingIn, form=True),
)
def hand_in_filing(caller: Filing, api: Shared, form: CaseForm, key: Key = None) -> Response:
    node, asked = _portal(api, caller), _asked(FilingIn, form)
    submission = _submission(api, caller, asked, key, asked.agent)
    code = new_code(secrets.token_bytes(8))
    code_hash = api.passwords.hash(code.plain)

    def do(step: Step) -> FilingMade:
        number = enter_in(step, submission, code_hash)
        return FilingMade(number=number, message_id=hand_over_in(step, number, asked.declaration, FilingChannel.API))

    answer = once(node, api.clock, key, fingerprint_of("file", asked), do, 201)
    made = FilingMade.model_validate_json(bytes(answer.body))
    headers = {name: answer.headers[name] for name in answer.headers if name == "idempotency-replayed"}
    headers["location"] = f"/api/v1/filings/{made.number}/progress"
    if "idempotency-replayed" not in headers:  # what is kept under the key does not have the code
        made = made.model_copy(update={"code": code.shown})
    return Response(made.model_dump_json(), 201, headers, "application/json")


@at_portal(
    "supplement",
    SupplementIn,
    FilingSent,
    "补正 · Complete a filing",
    "补正后的完整申请，替换原有内容；两版均存档。受理后用于补交容缺材料，或者补充部门提请的材料。 "
    "· The whole application once more; both versions are kept. After the acceptance it brings what was "
    "promised, or what a department asks for (`invited`). Scope: file.",
    form=True,
)
def supplement_filing(
    caller: Filing, api: Shared, number: FilingNumber, form: CaseForm, key: Key = None, if_match: IfMatch = None
) -> Response:
    node, asked = _portal(api, caller), _asked(SupplementIn, form)
    submission = _submission(api, caller, asked, key, None)

    def do(step: Step) -> FilingSent:
        expect_progress(step, number, if_match)
        return FilingSent(number=number, message_id=supplement_in(step, number, submission))

    return once(node, api.clock, key, fingerprint_of(f"supplement {number}", asked), do)


@at_portal(
    "statement",
    StatementIn,
    FilingSent,
    "陈述申辩、申请听证 · State a view",
    "转送尚未答复的部门。 · Shown, as it was signed, to the departments that are still to answer. Scope: file.",
)
def state_view(
    caller: Filing,
    api: Shared,
    number: FilingNumber,
    asked: Annotated[StatementIn, json_of(StatementIn)],
    key: Key = None,
    if_match: IfMatch = None,
) -> Response:
    def do(step: Step) -> FilingSent:
        expect_progress(step, number, if_match)
        expect_under_way(step, number)
        return FilingSent(number=number, message_id=state_view_in(step, number, asked.text, asked.hearing))

    return once(_portal(api, caller), api.clock, key, fingerprint_of(f"state {number}", asked), do)


@at_portal(
    "withdrawal",
    FilingWithdrawalIn,
    FilingSent,
    "撤回申请 · Take an application back",
    "决定作出前可撤回；是否生效以窗口的签收为准。 · Before the decision; it counts once the window has signed for it. "
    "Scope: file.",
)
def withdraw_filing(
    caller: Filing,
    api: Shared,
    number: FilingNumber,
    asked: Annotated[FilingWithdrawalIn, json_of(FilingWithdrawalIn)],
    key: Key = None,
    if_match: IfMatch = None,
) -> Response:
    def do(step: Step) -> FilingSent:
        expect_progress(step, number, if_match)
        expect_under_way(step, number)
        return FilingSent(number=number, message_id=withdraw_filing_in(step, number, asked.reasons))

    return once(_portal(api, caller), api.clock, key, fingerprint_of(f"take back {number}", asked), do)


@router.post(
    "/filings/{number}/access-code",
    response_model=AccessCodeMade,
    summary="重新生成查询码 · A new access code",
    description="仅限经本接口提交的申请；原查询码即失效。 · In place of one that was lost, of what was handed in here. "
    "The former one opens nothing any more. Scope: file.",
    responses=documented(404, 409, 413, 415),
    openapi_extra=body_of(AccessCodeIn),
)
def new_access_code(
    caller: Filing, api: Shared, number: FilingNumber, asked: Annotated[AccessCodeIn, json_of(AccessCodeIn)]
) -> AccessCodeMade:
    node, code = _portal(api, caller), new_code(secrets.token_bytes(8))
    code_hash = api.passwords.hash(code.plain)
    with node.step() as step:
        replace_code_in(step, number, code_hash, asked.reason)
    return AccessCodeMade(number=number, code=code.shown)


def _portal(api: Api, caller: Caller) -> Node:
    node = api.member(caller.member).node
    window_of(node)
    return node


def _asked(model: type[C], form: tuple[bytes, Files]) -> C:
    data, files = form
    return with_files(strictly(model, data), files)


def _submission(api: Api, caller: Caller, asked: CaseIn, key: str | None, agent: Applicant | None) -> Submission:
    """What a request hands in: checked with all that belongs to it before anything large is left anywhere."""
    node, files = _portal(api, caller), files_of(asked)
    contents = tuple(files.contents.values())
    whole = application_asked(node, asked, files.contents, files.unplaced())
    if is_answered(node, api.clock, key):  # its answer is given again, and nothing is made of it
        return Submission(whole, contents, agent)
    matter = offered(node, asked.matter)
    faults = completeness_of(tidied_application(whole, matter.fields), matter, contents).faults
    if faults:
        raise UnfitApplication(asked.matter, [(_pointer(asked, one), one) for one in faults])
    look = look_at_all(api.scanner, whole, files.octets)
    if look.faults:
        raise UnfitApplication(asked.matter, [(f"/materials/{at}", one) for at, one in look.faults.items()])
    files, asked = files.as_found(look), as_found(asked, look)
    claims = left_in_store(api, node, files)
    return Submission(application_asked(node, asked, files.contents, claims), contents, agent, look.scanned)


def _pointer(asked: CaseIn, one: Shortcoming) -> str:
    """Where a fault stands in the request, as far as it is anywhere there."""
    named: Iterator[str] = iter(())
    if one.field:
        named = (f"/answers/{at}/value" for at, answer in enumerate(asked.answers) if answer.field == one.field)
    elif one.material:
        named = (f"/materials/{at}" for at, given in enumerate(asked.materials) if given.code == one.material)
    return next(named, "/answers" if one.field else "/materials")
