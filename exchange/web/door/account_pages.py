"""What pages of accounts show and ask alike, at a console and at a desk: each has its own page around it."""

from __future__ import annotations

from exchange.errors import BadAccount
from exchange.language import Words
from exchange.web.door.gate import Gate
from exchange.web.door.records import AccountRow
from exchange.web.door.sign_in import LINK_LASTS

Asked = tuple[Words, tuple[Words, ...], Words]
"""A question before something is done: its title, what will happen, and the button."""


def standing(row: AccountRow) -> tuple[str, Words]:
    """Return how an account stands: a word of the style sheet, and what it says."""
    if row.locked_at is not None:
        return "bad", ("已锁定", "locked")
    if row.password is None:
        return "warn", ("等待设置密码", "waits for its password")
    return "good", ("可用", "in use")


def link_once(gate: Gate, who: str) -> dict[str, object]:
    """Return what the page of a one-time link shows: the link just made, once, to who made it."""
    name, token = gate.handed.pop(who, ("", ""))
    return {"name": name, "link": f"/set-up/{token}" if token else "", "hours": LINK_LASTS.total_seconds() / 3600}


def hand_link(gate: Gate, who: str, name: str, token: str) -> str:
    """Have a link shown once to who made it; returns the path of its page."""
    gate.handed[who] = (name, token)
    return "/accounts/link"


def same_twice(new: str, again: str) -> str:
    """Return a password that was typed twice. Raises BadAccount where it was not."""
    if new != again:
        raise BadAccount("the two new passwords differ", remedy="type the same one twice")
    return new


def asked_to_change_role(name: str, role: Words) -> Asked:
    """Return the question before an account gets another role."""
    will = (f"账号 {name} 的角色改为{role[0]}，权限随之改变。", f"{name} becomes {role[1]}, with what that may do.")
    return ("更改角色？", "Change the role?"), (will,), ("更改", "Change it")


def asked_to_lock(name: str) -> Asked:
    """Return the question before an account is kept out."""
    will = (f"账号 {name} 将不能登录，其所有登录立即结束。", f"{name} cannot sign in; all its sessions end at once.")
    back = ("可随时解锁。", "It can be unlocked at any time.")
    return ("锁定账号？", "Lock the account?"), (will, back), (f"锁定 {name}", f"Lock {name}")


def asked_to_reset(name: str) -> Asked:
    """Return the question before an account loses its password."""
    will = (f"账号 {name} 将得到一次性链接以设置新密码。", f"A one-time link lets {name} set a new password.")
    ends = ("旧密码与现有登录立即失效。", "The old password and all sessions end at once.")
    return ("重设密码？", "Reset the password?"), (will, ends), ("生成链接", "Make the link")
