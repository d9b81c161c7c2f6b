"""The list of matters, to be searched; and all that the public is told of one, as a page and as data."""

from __future__ import annotations

from collections.abc import Sequence
from urllib.parse import quote

from markupsafe import Markup
from starlette.responses import JSONResponse, Response

from exchange.catalogue.as_data import ACCEPTED_WITHIN, DELIVERED_WITHIN, matter_data
from exchange.catalogue.linked.datasets import catalogue_json_ld
from exchange.catalogue.linked.service import matter_json_ld
from exchange.catalogue.picture.drawn import NARROW, WIDE
from exchange.catalogue.procedure import completion_text, procedure_of
from exchange.catalogue.silence import exclusion_text, start_text
from exchange.catalogue.terms import not_counted_text
from exchange.language.names import SILENCE
from exchange.portal.figures import figures_shown
from exchange.portal.superior import window_of
from exchange.portal.versions import MatterVersion, versions_of
from exchange.schemas import FEWEST_CASES, AcceptanceMode, Matter, PublicGuide
from exchange.window.finding import LONGEST, found, themes
from exchange.window.guest import Guest, goto
from exchange.window.route import GuestRoute

_TONES = {"none": "", "consent": "warn", "refusal": "bad"}


def catalogue(guest: Guest) -> Response:
    """Show the matters that a search finds; all of them without one."""
    query = guest.request.query_params
    search, theme = query.get("words", "")[:LONGEST], query.get("theme", "")
    matters = list(guest.face.matters.values())
    return guest.page(
        "matters.html",
        ("事项目录", "Matters"),
        found=found(matters, search, theme),
        themes=themes(matters),
        search=search,
        theme=theme,
    )


def matter(guest: Guest) -> Response:
    """Show all that the public is told of a matter."""
    code, version = guest.request.path_params["code"], guest.request.query_params.get("version")
    if version is not None:
        return goto(f"/matters/{quote(code, safe='')}/versions/{quote(version, safe='')}")
    return matter_page(guest, guest.face.matter(code), versions_of(guest.face.node, code))


def matter_page(
    guest: Guest, one: Matter, versions: Sequence[MatterVersion], former: MatterVersion | None = None
) -> Response:
    """Return the page of a matter; of a former version with the time for which it was in force."""
    assert one.guide is not None  # noqa: S101 -- the public is told of no other
    texts = (exclusion_text(one), start_text(one), completion_text(one))
    return guest.page(
        "matter.html",
        one.names,
        matter=one,
        guide=one.guide,
        stages=procedure_of(one, guest.face.names()),
        narrow_picture=_picture(guest, one, NARROW),
        wide_picture=_picture(guest, one, WIDE),
        wide=True,
        times=_times(guest, one),
        figures=figures_shown(guest.face.node, one.code) if former is None else None,
        former=former,
        in_force=guest.face.matters.get(one.code),
        versions=versions,
        fewest=FEWEST_CASES,
        term_texts=[text for text in (not_counted_text(one),) if text is not None],
        procedure_texts=[text for text in texts if text is not None],
        results=_results(guest, one.guide),
        contacts=_contacts(guest, one.guide),
        silence_words=SILENCE,
        silence_tones=_TONES,
        crumbs=[("/matters", guest.say("事项目录", "Matters"))],
    )


def _picture(guest: Guest, one: Matter, width: int) -> Markup:
    return guest.face.pictures.of(one, guest.face.names(), guest.language, width)


Row = tuple[str, str, str]


def _days(guest: Guest, days: int) -> str:
    return guest.say(f"{days} 个工作日", f"{days} working day{'' if days == 1 else 's'}")


def _times(guest: Guest, one: Matter) -> list[Row]:
    """The time that the law gives and the one that is promised, apart; acceptance before, delivery after."""
    accepted = (
        guest.say("材料齐全的，当场受理", "at once, where everything is there")
        if one.acceptance is AcceptanceMode.AUTOMATIC
        else guest.say(f"{ACCEPTED_WITHIN} 个工作日内告知", f"told within {_days(guest, ACCEPTED_WITHIN)}")
    )
    rows = [
        (guest.say("是否受理", "Whether it is accepted"), accepted, ""),
        (guest.say("法定时限（自受理起）", "By law, from acceptance"), _days(guest, one.decision_days), ""),
    ]
    if one.promised_days is not None:
        rows.append(
            (guest.say("承诺时限（自受理起）", "Promised, from acceptance"), _days(guest, one.promised_days), "")
        )
    delivered = guest.say("送达证件（自决定起）", "The licence is handed out, from the decision")
    return [*rows, (delivered, _days(guest, DELIVERED_WITHIN), "")]


def _results(guest: Guest, guide: PublicGuide) -> list[Row]:
    return [
        (guest.say("收费", "Fees"), guest.words(guide.fees.words), ""),
        (guest.say("您得到什么", "What you get"), guest.words(guide.result.words), ""),
        (guest.say("有效期", "Valid for"), guest.words(guide.validity.words), ""),
    ]


def _contacts(guest: Guest, guide: PublicGuide) -> list[Row]:
    return [
        (guest.say("办理地点和时间", "Counter and hours"), guest.words(guide.place.words), ""),
        (guest.say("咨询", "Questions"), guide.contact, ""),
        (guest.say("投诉", "Complaints"), guide.complaints, ""),
    ]


def as_json(guest: Guest) -> Response:
    """Return a matter as JSON."""
    one = guest.face.matter(guest.request.path_params["code"])
    return JSONResponse(matter_data(one, guest.face.names(), guest.site))


def as_json_ld(guest: Guest) -> Response:
    """Return a matter as linked data."""
    one = guest.face.matter(guest.request.path_params["code"])
    return _linked(matter_json_ld(one, guest.face.names(), guest.site))


def all_as_json_ld(guest: Guest) -> Response:
    """Return the catalogue as linked data."""
    publisher = window_of(guest.face.node)
    return _linked(catalogue_json_ld(guest.face.matters.values(), guest.face.names(), publisher, guest.site))


def list_as_json(guest: Guest) -> Response:
    """Return all matters as JSON."""
    names, site = guest.face.names(), guest.site
    return JSONResponse({"matters": [matter_data(one, names, site) for one in guest.face.matters.values()]})


def list_as_json_ld(guest: Guest) -> Response:
    """Return all matters as linked data."""
    names, site = guest.face.names(), guest.site
    return _linked([matter_json_ld(one, names, site) for one in guest.face.matters.values()])


def _linked(found: object) -> Response:
    return JSONResponse(found, media_type="application/ld+json")


ROUTES = (
    GuestRoute("/matters", catalogue),
    GuestRoute("/matters/{code}.json", as_json),
    GuestRoute("/matters/{code}.jsonld", as_json_ld),
    GuestRoute("/catalogue.jsonld", all_as_json_ld),
    GuestRoute("/matters.json", list_as_json),
    GuestRoute("/matters.jsonld", list_as_json_ld),
    GuestRoute("/matters/{code}", matter),
)
