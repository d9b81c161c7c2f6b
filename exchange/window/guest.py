"""One request as the pages see it: language, form, session; and how it is answered."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property

from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from exchange.errors import Denied
from exchange.language import Language, Text, Words
from exchange.web import render
from exchange.web.door.tokens import form_token
from exchange.web.origins import from_our_page
from exchange.window.face import PublicFace

_YEAR = 31_536_000

DONE: Mapping[str, Words] = {
    "saved": ("已保存。", "Saved."),
    "attached": ("文件已添加。", "The file has been added."),
    "renamed": (
        "文件已添加；文件名中不合适的部分已去掉，请核对。",
        "The file has been added; what does not belong into a name was taken out of its name. Please look at it.",
    ),
    "detached": ("文件已删除。", "The file has been removed."),
    "stated": ("您的陈述已提交。", "Your statement has been handed in."),
    "hearing": ("您的听证申请已提交。", "Your request for a hearing has been handed in."),
    "withdrawn": ("您的撤回申请已提交。", "Your withdrawal has been handed in."),
    "supplemented": ("补充材料已提交。", "What was missing has been handed in."),
    "noted": ("请妥善保管编号和查询码。", "Keep number and access code where you will find them."),
    "asked": (
        "确认邮件即将发出；请到邮箱里打开它并确认，确认之前不会发送任何通知。",
        "A letter is on its way to you; confirm in it that you want to be told. Nothing is sent before.",
    ),
    "told": ("这个邮箱已确认过，通知会发到这里。", "This address is confirmed; you are told there."),
    "untold": ("地址已删除，不再通知。", "The address is deleted; nothing more is sent there."),
    "left": ("您已退出。", "You have left."),
}
"""What is said after something was done: by its name in the address, so that no link can put words on our pages."""


class SignedOut(Denied):
    """A page of a number whose session is over, or was never begun."""

    code = "signed-out"

    def __init__(self, number: str) -> None:
        super().__init__(Text("number and access code are asked for once more"))
        self.number = number


@dataclass(frozen=True)
class Guest:
    """One request."""

    face: PublicFace
    request: Request
    form: FormData = field(default_factory=FormData)
    """What was sent, within its limits."""

    @cached_property
    def language(self) -> Language:
        """The language that was chosen, or the browser's."""
        return render.language_of(self.request)

    @property
    def site(self) -> str:
        """What comes before the paths of this site: as it is told, or as this guest has called it."""
        return self.face.site or f"{self.request.url.scheme}://{self.request.url.netloc}"

    def say(self, chinese: str, english: str) -> str:
        """Return one of two texts, in the guest's language."""
        return chinese if self.language is Language.CHINESE else english

    def words(self, words: Words) -> str:
        """The same, of a pair."""
        return self.say(*words)

    def typed(self, name: str) -> str:
        """Return what was typed into a field of the form, as text; empty where there was none."""
        value = self.form.get(name, "")
        return as_typed(value) if isinstance(value, str) else ""

    def cookie(self, number: str) -> str:
        """Return the name of the cookie of a number's session.

        With this prefix browsers take it from this host only, for all paths, and over plain HTTP from the own machine
        alone.
        """
        return f"__Host-yizhan-window{self.face.tag}-{hashlib.sha256(number.encode()).hexdigest()[:8]}"

    def token(self, number: str) -> str:
        """Return the token of a number's session; empty where there is none."""
        return self.request.cookies.get(self.cookie(number), "")

    @staticmethod
    def token_of(session: str) -> str:
        """Return the token that forms of a session bear."""
        return form_token(session)

    def check_open(self, number: str, *, active: bool = True) -> None:
        """Raise SignedOut unless this browser has given the number's code of late."""
        if not self.face.door.is_open(number, self.token(number), active=active):
            raise SignedOut(number)

    def is_from_session(self, number: str) -> bool:
        """Return whether a form comes from a page of this very session; another one of ours is shown again.

        Raises Denied for a form of another site's.
        """
        if not from_our_page(self.request):
            raise Denied("the form does not come from a page of ours", remedy="load the page again")
        return _same(form_token(self.token(number)), self.typed("token"))

    def check_script(self, number: str) -> None:
        """Raise SignedOut, or Denied for what no script of a page of this session sends."""
        self.check_open(number)
        sent = self.request.headers.get("x-form-token", "")
        if not from_our_page(self.request) or not _same(form_token(self.token(number)), sent):
            raise Denied("this does not come from a page of this session", remedy="load the page again")

    def check_form(self, number: str) -> None:
        """Raise SignedOut, or Denied for a form that does not come from a page of this session."""
        self.check_open(number)
        if not self.is_from_session(number):
            raise Denied("the form does not come from a page of this session", remedy="load the page again")

    def page(self, template: str, title: Words, status: int = 200, **shown: object) -> Response:
        """Return a page."""
        answer = HTMLResponse(render.page(f"window/{template}", self.context(title, shown)), status)
        if "language" in self.request.query_params:
            language = self.language.value
            answer.set_cookie("language", language, max_age=_YEAR, samesite="strict", httponly=True)
        return answer

    def context(self, title: Words, shown: Mapping[str, object]) -> dict[str, object]:
        """Return what a template gets."""
        number = str(shown.get("number") or "")
        done = DONE.get(self.request.query_params.get("done", ""))
        names = self.face.names()
        return {
            "say": self.say,
            "words": self.words,
            "language": self.language.value,
            "title": self.words(title),
            "office": self.words(self.face.office()),
            "here": self.request.url.path,
            "done": self.words(done) if done else "",
            "token": form_token(self.token(number)) if number else "",
            "number": "",
            "live": "",
            "wide": False,
            "faults": (),
            "crumbs": (),
            "member_names": names,
            "tells": self.face.told.posts,
            "mails": self.face.told.mails,
            "matter_names": lambda: {code: matter.names for code, matter in self.face.matters.items()},
            "now": self.face.now(),
            **shown,
        }


def _same(expected: str, sent: str) -> bool:
    return hmac.compare_digest(expected.encode(), sent.encode("utf-8", "replace"))


def as_typed(value: str) -> str:
    """Return what a browser sends of a text as it was typed: lines end in one sign, and halves of signs are none."""
    return value.replace("\r\n", "\n").encode("utf-8", "replace").decode()


def goto(path: str) -> Response:
    """Return the answer to a form that was taken: the page to look at next."""
    return RedirectResponse(path, 303)


def with_session(guest: Guest, answer: Response, number: str, token: str) -> Response:
    """Give an answer the cookie of a number's session."""
    answer.set_cookie(guest.cookie(number), token, secure=True, httponly=True, samesite="strict", path="/")
    return answer
