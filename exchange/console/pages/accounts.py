"""Accounts: those of others, managed by security officers, and everybody's own."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from urllib.parse import urlencode

from exchange.console.section import FormAction, Group, Page, Question, Section, Visit
from exchange.language.names import ACCOUNT_ROLES
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
from exchange.web.door.gate import Gate, gate_of
from exchange.web.door.password_rules import LONGEST, SHORTEST
from exchange.web.door.permissions import PERMISSIONS, Action
from exchange.web.door.records import AccountRow
from exchange.web.door.store import Accounts
from exchange.web.door.sums import sums_written


def _accounts(visit: Visit) -> Mapping[str, object]:
    with gate_of(visit.view).store.reading() as tx:
        rows = tx[Accounts].all()
    gate = gate_of(visit.view)
    return {
        "accounts": rows,
        "roles": _roles(visit),
        "state": lambda row: _standing(visit, row),
        "issuer": gate.issuer,
        "subjects": managing.bound_subjects(gate),
    }


def _standing(visit: Visit, row: AccountRow) -> tuple[str, str]:
    tone, words = standing(row)
    return tone, visit.say(*words)


def _roles(visit: Visit) -> list[tuple[str, str]]:
    return [(role, visit.say(*names)) for role, names in ACCOUNT_ROLES.items()]


def _handed(visit: Visit) -> Mapping[str, object]:
    return link_once(gate_of(visit.view), visit.account.name)


def _own(visit: Visit) -> Mapping[str, object]:
    with gate_of(visit.view).store.reading() as tx:
        row = tx[Accounts].get(visit.account.name)
    may = [action.value for action in Action if action in PERMISSIONS[visit.account.role]]
    return {
        "row": row,
        "role": visit.say(*ACCOUNT_ROLES[visit.account.role]),
        "may": may,
        "shortest": SHORTEST,
        "longest": LONGEST,
    }


def _field(visit: Visit, name: str) -> str:
    return str(visit.form.get(name, "")) if visit.form is not None else ""


def _make(visit: Visit) -> str:
    name = _field(visit, "name")
    token = managing.make(gate_of(visit.view), visit.account.name, name, _field(visit, "role"))
    return _hand(visit, name, token)


def _reset(visit: Visit) -> str:
    name = visit.path["name"]
    return _hand(visit, name, managing.reset(gate_of(visit.view), visit.account.name, name))


def _hand(visit: Visit, name: str, token: str) -> str:
    return hand_link(gate_of(visit.view), visit.account.name, name, token)


def _change_role(visit: Visit) -> str:
    name, role = visit.path["name"], role_of(_field(visit, "role"), gate_of(visit.view).roles)
    managing.change_role(gate_of(visit.view), visit.account.name, name, role)
    return _said(visit, "/accounts", f"{name}：{ACCOUNT_ROLES[role][0]}", f"{name} is {ACCOUNT_ROLES[role][1]} now")


def _simply(do: Callable[[Gate, str, str], None], chinese: str, english: str) -> Callable[[Visit], str]:
    def action(visit: Visit) -> str:
        name = visit.path["name"]
        do(gate_of(visit.view), visit.account.name, name)
        return _said(visit, "/accounts", f"{name}{chinese}", f"{name} {english}")

    return action


def _bind(visit: Visit) -> str:
    name = _field(visit, "bound")
    managing.bind(gate_of(visit.view), visit.account.name, name, _field(visit, "subject"))
    return _said(visit, "/accounts", f"{name}已绑定外部身份", f"{name} is bound")


def _change_password(visit: Visit) -> str:
    new = same_twice(_field(visit, "new"), _field(visit, "again"))
    gate, me = gate_of(visit.view), visit.account
    ended = gate.change_password(me.name, me.session, _field(visit, "current"), new)
    return _said(
        visit, "/account", f"密码已更改，其他登录已结束：{ended}", f"password changed; other sessions ended: {ended}"
    )


def _ask_role(visit: Visit) -> Question:
    role = ACCOUNT_ROLES.get(_field(visit, "role"), ("", ""))
    return Question(*asked_to_change_role(visit.path["name"], role))


def _ask(asked: Callable[[str], Asked]) -> Callable[[Visit], Question]:
    return lambda visit: Question(*asked(visit.path["name"]))


_ask_lock, _ask_reset = _ask(asked_to_lock), _ask(asked_to_reset)


def _said(visit: Visit, path: str, chinese: str, english: str) -> str:
    return f"{path}?{urlencode({'said': visit.say(chinese, english)})}"


SECTION = Section(
    beside=(lambda view: sums_written(gate_of(view)),),
    pages=(
        Page(
            "/accounts",
            ("账号", "Accounts"),
            "accounts.html",
            _accounts,
            Action.ACCOUNTS,
            in_menu=True,
            group=Group.SYSTEM,
            every=0,
        ),
        Page("/accounts/link", ("一次性链接", "One-time link"), "handed.html", _handed, Action.ACCOUNTS, every=0),
        Page("/account", ("我的账号", "My account"), "account.html", _own, every=0),
    ),
    actions=(
        FormAction("/accounts/make", Action.ACCOUNTS, _make, None),
        FormAction("/accounts/subjects", Action.ACCOUNTS, _bind, None),
        FormAction(
            "/accounts/{name}/release",
            Action.ACCOUNTS,
            _simply(managing.release, "已解除外部身份", "is bound to nobody now"),
            None,
        ),
        FormAction("/accounts/{name}/role", Action.ACCOUNTS, _change_role, _ask_role),
        FormAction("/accounts/{name}/lock", Action.ACCOUNTS, _simply(managing.lock, "已锁定", "is locked"), _ask_lock),
        FormAction("/accounts/{name}/unlock", Action.ACCOUNTS, _simply(managing.unlock, "已解锁", "is unlocked"), None),
        FormAction("/accounts/{name}/reset", Action.ACCOUNTS, _reset, _ask_reset),
        FormAction("/account/password", Action.LOOK, _change_password, None),
    ),
)
