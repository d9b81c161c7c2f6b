"""Accounts: those of the office, managed by its supervisor, and everybody's own."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from exchange.desk.permissions import DeskAction, may_at_desk
from exchange.desk.section import DeskGroup, DeskPage, DeskQuestion, DeskSection, PlainAct
from exchange.desk.visit import DeskVisit
from exchange.language.action_names import ACTIONS
from exchange.language.names import DESK_ROLES
from exchange.schemas import Role
from exchange.web.door import managing
from exchange.web.door.account_pages import (
    Asked,
    asked_to_change_role,
    asked_to_lock,
    asked_to_reset,
    hand_link,
    link_once,
    same_twice,
    standing,
)
from exchange.web.door.accounts import role_of
from exchange.web.door.gate import Gate
from exchange.web.door.password_rules import LONGEST, SHORTEST
from exchange.web.door.records import AccountRow
from exchange.web.door.store import Accounts


def _accounts(visit: DeskVisit) -> Mapping[str, object]:
    with visit.node.store.reading() as tx:
        rows = tx[Accounts].all()
    gate = visit.face.gate
    return {
        "accounts": rows,
        "roles": _roles(visit),
        "state": lambda row: _standing(visit, row),
        "issuer": gate.issuer,
        "subjects": managing.bound_subjects(gate),
    }


def _standing(visit: DeskVisit, row: AccountRow) -> tuple[str, str]:
    tone, words = standing(row)
    return tone, visit.words(words)


def _roles(visit: DeskVisit) -> list[tuple[str, str]]:
    return [(role, visit.say(*names)) for role, names in DESK_ROLES.items()]


def _handed(visit: DeskVisit) -> Mapping[str, object]:
    return link_once(visit.face.gate, visit.who)


def _own(visit: DeskVisit) -> Mapping[str, object]:
    with visit.node.store.reading() as tx:
        row = tx[Accounts].get(visit.who)
    allowed = may_at_desk(visit.account.role)
    may = [visit.words(ACTIONS[action.value]) for action in DeskAction if action in allowed]
    has_calendar = visit.face.roles != {Role.PORTAL}
    return {"row": row, "may": may, "has_calendar": has_calendar, "shortest": SHORTEST, "longest": LONGEST}


def _make(visit: DeskVisit) -> str:
    name = visit.typed("name")
    return _hand(visit, name, managing.make(visit.face.gate, visit.who, name, visit.typed("role")))


def _reset(visit: DeskVisit) -> str:
    name = visit.path["name"]
    return _hand(visit, name, managing.reset(visit.face.gate, visit.who, name))


def _hand(visit: DeskVisit, name: str, token: str) -> str:
    return hand_link(visit.face.gate, visit.who, name, token)


def _change_role(visit: DeskVisit) -> str:
    role = role_of(visit.typed("role"), visit.face.gate.roles)
    managing.change_role(visit.face.gate, visit.who, visit.path["name"], role)
    return "/accounts?done=role-changed"


def _simply(do: Callable[[Gate, str, str], None], done: str) -> Callable[[DeskVisit], str]:
    def act(visit: DeskVisit) -> str:
        do(visit.face.gate, visit.who, visit.path["name"])
        return f"/accounts?done={done}"

    return act


def _bind(visit: DeskVisit) -> str:
    managing.bind(visit.face.gate, visit.who, visit.typed("bound"), visit.typed("subject"))
    return "/accounts?done=bound"


def _change_password(visit: DeskVisit) -> str:
    new = same_twice(visit.typed("new"), visit.typed("again"))
    visit.face.gate.change_password(visit.who, visit.account.session, visit.typed("current"), new)
    return "/account?done=password-changed"


def _ask_role(visit: DeskVisit) -> DeskQuestion:
    role = DESK_ROLES.get(visit.typed("role"), ("", ""))
    return DeskQuestion(*asked_to_change_role(visit.path["name"], role))


def _ask(asked: Callable[[str], Asked], *, grave: bool = False) -> Callable[[DeskVisit], DeskQuestion]:
    return lambda visit: DeskQuestion(*asked(visit.path["name"]), grave=grave)


_ask_lock, _ask_reset = _ask(asked_to_lock, grave=True), _ask(asked_to_reset)


_OWN = DeskPage("/account", ("我的账号", "My account"), "account.html", _own, every=0)
_ALL = DeskPage(
    "/accounts",
    ("账号", "Accounts"),
    "accounts.html",
    _accounts,
    DeskAction.ACCOUNTS,
    in_menu=True,
    group=DeskGroup.OFFICE,
    every=0,
)

SECTION = DeskSection(
    of_any_desk=True,
    pages=(
        _ALL,
        DeskPage(
            "/accounts/link", ("一次性链接", "One-time link"), "handed.html", _handed, DeskAction.ACCOUNTS, every=0
        ),
        _OWN,
    ),
    acts=(
        PlainAct("/accounts/make", DeskAction.ACCOUNTS, _make, _ALL),
        PlainAct("/accounts/{name}/role", DeskAction.ACCOUNTS, _change_role, ask=_ask_role),
        PlainAct("/accounts/{name}/lock", DeskAction.ACCOUNTS, _simply(managing.lock, "locked"), ask=_ask_lock),
        PlainAct("/accounts/{name}/unlock", DeskAction.ACCOUNTS, _simply(managing.unlock, "unlocked")),
        PlainAct("/accounts/{name}/reset", DeskAction.ACCOUNTS, _reset, ask=_ask_reset),
        PlainAct("/accounts/subjects", DeskAction.ACCOUNTS, _bind, _ALL),
        PlainAct("/accounts/{name}/release", DeskAction.ACCOUNTS, _simply(managing.release, "released")),
        PlainAct("/account/password", DeskAction.LOOK, _change_password, _OWN),
    ),
    done={
        "role-changed": ("角色已更改。", "The role is changed."),
        "locked": ("账号已锁定。", "The account is locked."),
        "unlocked": ("账号已解锁。", "The account can sign in again."),
        "bound": ("外部身份已绑定。", "The account is bound."),
        "released": ("绑定已解除，其登录已结束。", "The account is bound to nobody now; its sessions have ended."),
        "password-changed": ("密码已更改，其他登录已结束。", "The password is changed; other sessions have ended."),
    },
)
