"""Dead letters: by cause, one by one, redriven, discarded by two people, exported."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any
from urllib.parse import quote, urlencode

from exchange.audit.people import same_person
from exchange.console.pages.dead_questions import ask_discard, ask_redrive, ask_release, member_of, sent
from exchange.console.section import Download, File, FormAction, Group, Page, Section, Visit
from exchange.envelope import peek
from exchange.errors import CallerError, ExchangeError, NotFound
from exchange.messaging.dead_letter_store import DeadLetters
from exchange.messaging.inbox import Inbox
from exchange.messaging.records import DeadLetter
from exchange.messaging.rules.withholding import WITHHELD
from exchange.operations.dead_letters import discard, domain, release
from exchange.operations.dead_letters.domain import MemberCause
from exchange.operations.domain_view import DomainView
from exchange.operations.jobs import Job
from exchange.web.door.permissions import Action

_PAGE = 50


def _causes(visit: Visit) -> Mapping[str, object]:
    found, away = _all_causes(visit.view)
    return {
        "causes": found,
        "away": away,
        "letters": sum(one.cause.letters for one in found),
        "jobs": visit.view.jobs.recent()[:10],
        "cause_link": _cause_link,
    }


def _all_causes(view: DomainView) -> tuple[list[MemberCause], list[tuple[str, ExchangeError]]]:
    found: list[MemberCause] = []
    away: list[tuple[str, ExchangeError]] = []
    for address in view.profiles():
        try:
            found += domain.causes_of(address, view.store(address))
        except ExchangeError as error:
            away.append((address, error))
    return sorted(found, key=lambda one: (-one.cause.letters, one.member)), away


def _cause_link(member: str, code: str, stage: str) -> str:
    return f"/dead/{quote(member, safe='')}?{urlencode({'code': code, 'stage': stage})}"


def _cause(visit: Visit) -> Mapping[str, object]:
    member, code, stage = member_of(visit), visit.query.get("code", ""), visit.query.get("stage", "")
    below = visit.query.get("below", "")
    with visit.view.store(member).reading() as tx:
        letters = tx[DeadLetters].page(
            code, stage or None, below=int(below) if below.isdecimal() else None, limit=_PAGE + 1
        )
        total = tx[DeadLetters].count(code, stage or None)
    older = letters[_PAGE - 1].serial if len(letters) > _PAGE else None
    return {
        "member": member,
        "code": code,
        "stage": stage,
        "letters": letters[:_PAGE],
        "total": total,
        "older": f"{_cause_link(member, code, stage)}&below={older}" if older is not None else "",
        "first_page": "" if not below else _cause_link(member, code, stage),
    }


def _discarded(visit: Visit) -> Mapping[str, object]:
    member, below = member_of(visit), visit.query.get("below", "")
    with visit.view.store(member).reading() as tx:
        letters = tx[DeadLetters].discarded(below=int(below) if below.isdecimal() else None, limit=_PAGE + 1)
    older = letters[_PAGE - 1].serial if len(letters) > _PAGE else None
    return {"member": member, "letters": letters[:_PAGE], "older": f"?below={older}" if older is not None else ""}


def _letter(visit: Visit) -> Mapping[str, object]:
    member, id = member_of(visit), visit.path["id"]
    with visit.view.store(member).reading() as tx:
        letter = tx[Inbox].dead_letter(id)
    if letter is None:
        raise NotFound(
            "no dead letter {id!r} at {member}",
            remedy="it has been redriven since, or it is another's",
            id=id,
            member=member,
        )
    return {
        "member": member,
        "letter": letter,
        "header": _header(letter),
        "octets": letter.octets,
        "back": _cause_link(member, letter.reason_code, letter.stage),
        "withheld": letter.reason_code == WITHHELD,
        "own": same_person(letter.proposed_by or "", visit.account.name),
    }


def _header(letter: DeadLetter) -> list[tuple[str, object]] | None:
    """The clear header, which every broker on the way may read, too; None where the bytes are no envelope."""
    try:
        header = peek(letter.envelope)
    except ExchangeError:
        return None
    facts: dict[str, Any] = header.model_dump(mode="json")
    return [(name, ", ".join(value) if isinstance(value, list) else value) for name, value in facts.items()]


def _job(visit: Visit) -> Mapping[str, object]:
    return {"job": visit.view.jobs.get(visit.path["id"])}


def _redrive_cause(visit: Visit) -> str:
    member, code, stage = member_of(visit), sent(visit, "code"), sent(visit, "stage")
    with visit.view.store(member).reading() as tx:
        total = tx[DeadLetters].count(code, stage or None)
    if not total:
        raise NotFound("no dead letter with the reason {code_named}", remedy="load the page again", code_named=code)
    jobs, settings = visit.view.jobs, visit.view.settings
    job = jobs.begin(
        (member, code, stage), visit.account.name, total, visit.view.clock,
        lambda: domain.redrive_all(settings, member, code, stage or None),
    )  # fmt: skip
    return _follow(job)


def _redrive_chosen(visit: Visit) -> str:
    member, ids = member_of(visit), _chosen(visit)
    jobs, settings = visit.view.jobs, visit.view.settings
    job = jobs.begin(
        (member, *ids), visit.account.name, len(ids), visit.view.clock,
        lambda: domain.redrive_some(settings, member, ids),
    )  # fmt: skip
    return _follow(job)


def _follow(job: Job) -> str:
    return f"/dead/jobs/{job.id}"


def _propose(visit: Visit) -> str:
    member, id = member_of(visit), visit.path["id"]
    with domain.opened(visit.view.settings, member) as found:
        discard.propose_discard(found.node, id, visit.account.name, sent(visit, "reason"))
    return _said(visit, "已提出，待他人确认", "proposed; another person confirms it")


def _confirm(visit: Visit) -> str:
    member, id = member_of(visit), visit.path["id"]
    with domain.opened(visit.view.settings, member) as found:
        discard.confirm_discard(found.node, id, visit.account.name)
    return _said(visit, "已弃置，原件保留", "discarded; its bytes are kept")


def _propose_release(visit: Visit) -> str:
    member, id = member_of(visit), visit.path["id"]
    with domain.opened(visit.view.settings, member) as found:
        release.propose_release(found.node, id, visit.account.name, sent(visit, "reason"))
    return _said(visit, "已提出，待他人确认", "proposed; another person confirms it")


def _confirm_release(visit: Visit) -> str:
    domain.release(visit.view.settings, member_of(visit), visit.path["id"], visit.account.name)
    said = urlencode({"said": visit.say("已收下", "released: it is taken in, by its time of arrival")})
    return f"/dead?{said}"


def _withdraw(visit: Visit) -> str:
    member, id = member_of(visit), visit.path["id"]
    with domain.opened(visit.view.settings, member) as found:
        discard.withdraw_discard(found.node, id, visit.account.name)
    return _said(visit, "已撤回提议", "the proposal is withdrawn")


def _said(visit: Visit, chinese: str, english: str) -> str:
    said = urlencode({"said": visit.say(chinese, english)})
    return f"/dead/{quote(member_of(visit), safe='')}/letters/{quote(visit.path['id'], safe='')}?{said}"


def _export(form: str) -> Callable[[Visit], File]:
    def make(visit: Visit) -> File:
        view = visit.view
        stores = [(address, view.store(address)) for address in view.profiles()]  # opened now: what is away is told now
        rows = (row for address, store in stores for row in domain.exported(address, store))
        if form == "csv":
            return File("dead-letters.csv", "text/csv; charset=utf-8", _octets(domain.as_csv(rows)))
        return File("dead-letters.jsonl", "application/jsonl", _octets(domain.as_json_lines(rows)))

    return make


def _octets(lines: Iterable[str]) -> Iterator[bytes]:
    return (line.encode() for line in lines)


def _chosen(visit: Visit) -> list[str]:
    ids = [str(id) for id in visit.form.getlist("id")] if visit.form is not None else []
    if not ids:
        raise CallerError("nothing is chosen", remedy=visit.say("请先勾选", "mark what is to be handled again"))
    return ids


_LETTERS = "/dead/{member}/letters/{id}"
_TITLE = ("死信", "Dead letters")

SECTION = Section(
    pages=(
        Page("/dead", _TITLE, "dead.html", _causes, in_menu=True, group=Group.MESSAGES),
        Page("/dead/jobs/{id}", ("重新处理", "Redriving"), "dead_job.html", _job, every=0.5),
        Page("/dead/{member}", _TITLE, "dead_cause.html", _cause, every=5.0),
        Page(
            "/dead/{member}/discarded",
            ("已弃置的死信", "Discarded letters"),
            "dead_discarded.html",
            _discarded,
            every=0,
        ),
        Page(_LETTERS, ("一件死信", "A dead letter"), "dead_letter.html", _letter, every=5.0),
    ),
    actions=(
        FormAction("/dead/{member}/redrive-all", Action.REDRIVE, _redrive_cause, ask_redrive),
        FormAction("/dead/{member}/redrive", Action.REDRIVE, _redrive_chosen, None),
        FormAction(f"{_LETTERS}/propose-discard", Action.DISCARD, _propose, None),
        FormAction(f"{_LETTERS}/confirm-discard", Action.DISCARD, _confirm, ask_discard),
        FormAction(f"{_LETTERS}/withdraw-discard", Action.DISCARD, _withdraw, None),
        FormAction(f"{_LETTERS}/propose-release", Action.DISCARD, _propose_release, None),
        FormAction(f"{_LETTERS}/confirm-release", Action.DISCARD, _confirm_release, ask_release),
    ),
    downloads=(
        Download("/dead.csv", Action.EXPORT, _export("csv")),
        Download("/dead.jsonl", Action.EXPORT, _export("jsonl")),
    ),
)
