"""How pages become HTML: templates, the two languages, and the few ways figures and times are written."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta

from jinja2 import Environment, PackageLoader, StrictUndefined, select_autoescape
from markupsafe import Markup, escape
from starlette.requests import Request

from exchange.clock import CST
from exchange.language import Language

_LANGUAGE = "language"
"""Cookie and query parameter that choose the language."""

_templates = Environment(
    loader=PackageLoader("exchange.console"),
    autoescape=select_autoescape(),
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)


def language_of(request: Request) -> Language:
    """The language a visitor chose, or that of the browser; Chinese where it names neither."""
    chosen = request.query_params.get(_LANGUAGE) or request.cookies.get(_LANGUAGE)
    if chosen in tuple(Language):
        return Language(chosen)
    first = request.headers.get("accept-language", "").split(",")[0].lower()
    return Language.ENGLISH if first.startswith("en") else Language.CHINESE


def page(template: str, context: Mapping[str, object]) -> str:
    """A whole page."""
    return _templates.get_template(template).render({**context, "alone": False})


def live_part(template: str, context: Mapping[str, object]) -> str:
    """The block of a page that changes by itself, without what the base puts around it."""
    return _templates.get_template(template).render({**context, "alone": True}).strip()


def moment(at: datetime | None) -> str:
    """An instant in China Standard Time, to the second."""
    return at.astimezone(CST).strftime("%Y-%m-%d %H:%M:%S") if at else "–"


def span(length: timedelta | float | None) -> str:
    """A length of time, in its one or two largest units."""
    if length is None:
        return "–"
    seconds = int(length.total_seconds() if isinstance(length, timedelta) else length)
    days, rest = divmod(abs(seconds), 86400)
    hours, rest = divmod(rest, 3600)
    minutes, rest = divmod(rest, 60)
    parts = [(days, "d"), (hours, "h"), (minutes, "min"), (rest, "s")]
    shown = [f"{number} {unit}" for number, unit in parts if number][:2] or ["0 s"]
    return ("−" if seconds < 0 else "") + " ".join(shown)


def count(number: float | None) -> str:
    """A figure with thousands set apart; a dash where it is not known, which is not zero."""
    if number is None:
        return "–"
    return f"{number:,.0f}" if number == int(number) else f"{number:,.1f}"


_SIZES = ("B", "KiB", "MiB", "GiB", "TiB")


def size(octets: float | None) -> str:
    """A number of octets in the unit that leaves it readable."""
    if octets is None:
        return "–"
    left, unit = float(octets), 0
    while left >= 1024 and unit < len(_SIZES) - 1:
        left, unit = left / 1024, unit + 1
    return f"{left:.1f} {_SIZES[unit]}" if unit and left < 100 else f"{left:.0f} {_SIZES[unit]}"


def marked(text: str) -> Markup:
    """Text in which what stands between backquotes is to be typed; everything else is escaped."""
    parts = str(text).split("`")
    if len(parts) % 2 == 0:
        return escape(text)
    return Markup("").join(
        Markup("<code>{}</code>").format(part) if odd % 2 else escape(part) for odd, part in enumerate(parts)
    )


_templates.filters.update(marked=marked, moment=moment, span=span, count=count, size=size)
