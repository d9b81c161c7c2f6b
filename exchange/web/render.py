"""How pages become HTML: templates, the two languages, and the few ways figures and times are written."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta

from jinja2 import Environment, PackageLoader, StrictUndefined, pass_context, select_autoescape
from jinja2.runtime import Context
from markupsafe import Markup, escape
from starlette.requests import Request

from exchange.clock import CST, end_text
from exchange.errors import ExchangeError
from exchange.language import Joined, Language, Text, choose, language, name_of, read_back, tr
from exchange.language.members import calling
from exchange.language.names import (
    COPIES,
    DEFAULTS,
    OUTCOMES,
    PART_STATES,
    STAGES_OF_DEATH,
    VERDICTS,
    matter_name,
    reason_name,
)
from exchange.schemas.titles import kind_name

_LANGUAGE = "language"
"""Cookie and query parameter that choose the language."""

_templates = Environment(
    loader=PackageLoader("exchange.web"),
    autoescape=select_autoescape(),
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)


def language_of(request: Request) -> Language:
    """Return the language a visitor chose, or that of the browser; Chinese where it names neither."""
    chosen = request.query_params.get(_LANGUAGE) or request.cookies.get(_LANGUAGE)
    if chosen in tuple(Language):
        return Language(chosen)
    return preferred(request.headers.get("accept-language", "")) or Language.CHINESE


def preferred(header: str) -> Language | None:
    """Return the one of our languages that an Accept-Language header (RFC 9110, 12.5.4) prefers."""
    wanted: list[tuple[float, Language]] = []
    for entry in header.split(","):
        tag, _, weight = entry.partition(";")
        first = tag.strip().partition("-")[0].lower()
        if first in tuple(Language):
            wanted.append((_quality(weight), Language(first)))
    best = max(wanted, key=lambda one: one[0], default=None)
    return best[1] if best and best[0] > 0 else None


def _quality(weight: str) -> float:
    name, _, value = weight.strip().partition("=")
    try:
        return float(value) if name.strip() == "q" else 1.0
    except ValueError:
        return 0.0


def page(template: str, context: Mapping[str, object]) -> str:
    """Return a whole page."""
    return _templates.get_template(template).render({**context, "alone": False})


def live_part(template: str, context: Mapping[str, object]) -> str:
    """Return the block of a page that changes by itself, without what the base puts around it."""
    return _templates.get_template(template).render({**context, "alone": True}).strip()


def moment(at: datetime | None) -> str:
    """Write an instant in China Standard Time, to the second."""
    return at.astimezone(CST).strftime("%Y-%m-%d %H:%M:%S") if at else "–"


def minute(at: datetime | None) -> str:
    """Write an instant in China Standard Time, to the minute, as letters to people have it."""
    return at.astimezone(CST).strftime("%Y-%m-%d %H:%M") if at else "–"


def span(length: timedelta | float | None) -> str:
    """Write a length of time in its one or two largest units."""
    if length is None:
        return "–"
    seconds = int(length.total_seconds() if isinstance(length, timedelta) else length)
    days, rest = divmod(abs(seconds), 86400)
    hours, rest = divmod(rest, 3600)
    minutes, rest = divmod(rest, 60)
    parts = [(days, ("天", "d")), (hours, ("小时", "h")), (minutes, ("分", "min")), (rest, ("秒", "s"))]
    shown = [f"{number} {choose(unit)}" for number, unit in parts if number][:2] or [f"0 {choose(('秒', 's'))}"]
    return ("−" if seconds < 0 else "") + " ".join(shown)


def count(number: float | None) -> str:
    """Write a figure with thousands set apart; a dash where it is not known, which is not zero."""
    if number is None:
        return "–"
    return f"{number:,.0f}" if number == int(number) else f"{number:,.1f}"


_SIZES = ("B", "KiB", "MiB", "GiB", "TiB")


def size(octets: float | None) -> str:
    """Write a number of octets in the unit that leaves it readable."""
    if octets is None:
        return "–"
    left, unit = float(octets), 0
    while left >= 1024 and unit < len(_SIZES) - 1:
        left, unit = left / 1024, unit + 1
    return f"{left:.1f} {_SIZES[unit]}" if unit and left < 100 else f"{left:.0f} {_SIZES[unit]}"


def marked(text: str) -> Markup:
    """Mark what stands between backquotes as text to be typed; everything else is escaped."""
    parts = str(text).split("`")
    if len(parts) % 2 == 0:
        return escape(text)
    return Markup("").join(
        Markup("<code>{}</code>").format(part) if odd % 2 else escape(part) for odd, part in enumerate(parts)
    )


def due(at: datetime | None) -> str:
    """Write the moment at which a term ends as people say it: midnight is 24:00 of the day that ends."""
    return end_text(at) if at else "–"


@pass_context
def told(context: Context, error: object) -> str:
    """Say what is wrong, in the visitor's language, with members by their names."""
    if not isinstance(error, ExchangeError | Text | Joined):
        return str(error)
    with calling(context.get("member_names", {})):
        return error.written(language())


def _minute_together(at: datetime | None) -> Markup:
    """An instant to the minute that no narrow column breaks in pieces."""
    return Markup('<span class="moment">{}</span>').format(minute(at))


def please(remedy: str) -> str:
    """Say what to do as one asks for it: in Chinese with 请 in front, once."""
    return remedy if language() is Language.ENGLISH or remedy.startswith("请") else f"请{remedy}"


@pass_context
def remedy(context: Context, error: object) -> str:
    """Say what to do about it, in the visitor's language, with members by their names."""
    if not isinstance(error, ExchangeError):
        return str(getattr(error, "remedy", ""))
    with calling(context.get("member_names", {})):
        return error.remedy_text.written(language())


@pass_context
def member(context: Context, address: str | None) -> str:
    """Name a member; its address stands in brackets, since commands and tables of others want it."""
    words = context.get("member_names", {}).get(address)
    return f"{choose(words)} ({address})" if words else address or "–"


@pass_context
def short(context: Context, address: str | None) -> str:
    """Name a member without its address, where there is no room for that."""
    words = context.get("member_names", {}).get(address)
    return choose(words) if words else address or "–"


_NAMES = {**VERDICTS, **OUTCOMES, **PART_STATES, **COPIES, **DEFAULTS}


@pass_context
def matter(context: Context, code: str) -> str:
    """Name a matter; its code stands in brackets, since commands and files have it."""
    found = matter_name(code, context["matter_names"]())
    return found if found == code else f"{found} ({code})"


@pass_context
def matter_alone(context: Context, code: str) -> str:
    """Name a matter without its code, for whoever types no commands."""
    return matter_name(code, context["matter_names"]())


def named(code: str | None) -> str:
    """Name a verdict, an outcome or a state."""
    return name_of(_NAMES, code) if code else "–"


def reason(code: str | None) -> str:
    """Name the reason why something was set aside."""
    return reason_name(code) if code else "–"


@pass_context
def on_record(context: Context, english: str | None) -> str:
    """Say a reason that is on record in English, in the visitor's language, with members by their names."""
    with calling(context.get("member_names", {})):
        return read_back(english or "")


def died(stage: str) -> str:
    """Name the stage at which a message was set aside."""
    return name_of(STAGES_OF_DEATH, stage)


def obstacles(reasons: Iterable[str]) -> str:
    """Say what keeps a term from having its consequence; records have it in English."""
    return choose(("；", "; ")).join(map(tr, reasons))


def kind(name: str | None) -> str:
    """Name a kind of message."""
    return kind_name(name) if name else "–"


def _kept_together(at: datetime | None) -> Markup:
    """An instant that no narrow column breaks in pieces."""
    return Markup('<span class="moment">{}</span>').format(moment(at))


_ONE_PIECE = re.compile(r"\d{4}-\d\d-\d\d(?: \d\d:\d\d)?|[0-9A-Z]{4}(?:-[0-9A-Z]{4}){2,3}")
"""A day, a moment, a number by which something is asked for, or its code: browsers break them at their hyphens."""


def whole(text: str) -> Markup:
    """Write a text whose days, numbers and codes no narrow column breaks in pieces."""
    return Markup(_ONE_PIECE.sub(r'<span class="moment">\g<0></span>', str(escape(text))))  # noqa: S704 -- escaped here


_templates.filters.update(
    marked=marked, moment=_kept_together, plain_moment=moment, plain_minute=minute, minute=_minute_together,
    span=span, count=count, size=size, due=due, told=told, please=please, remedy=remedy, member=member,
    short=short, named=named, matter=matter, matter_alone=matter_alone, reason=reason,
    obstacles=obstacles, died=died, kind=kind, on_record=on_record, whole=whole,
)  # fmt: skip
