"""Former versions of a matter: what its page said, from when to when, and which version is in force."""

from __future__ import annotations

from typing import Any

from starlette.responses import JSONResponse, Response

from exchange.catalogue.as_data import matter_data
from exchange.errors import NotFound
from exchange.portal.versions import MatterVersion, versions_of
from exchange.window.guest import Guest, goto
from exchange.window.pages.matters import matter_page
from exchange.window.route import GuestRoute


def show(guest: Guest) -> Response:
    """Show a version as its page was; the one in force is shown at its own address."""
    code, found, versions = _asked(guest)
    current = guest.face.matters.get(code)
    if current is not None and current.version == found.matter.version:
        return goto(f"/matters/{code}")
    return matter_page(guest, found.matter, versions, former=found)


def as_json(guest: Guest) -> Response:
    """Return a version as JSON."""
    _, found, versions = _asked(guest)
    return JSONResponse(version_data(guest, found, versions))


def version_data(guest: Guest, one: MatterVersion, versions: tuple[MatterVersion, ...]) -> dict[str, Any]:
    """Return a version of a matter as data, with the times of all of them."""
    site, code = guest.site, one.matter.code
    current = guest.face.matters.get(code)

    def told(each: MatterVersion) -> dict[str, Any]:
        return {
            "version": each.matter.version,
            "in_force": current is not None and current.version == each.matter.version,
            "since": each.since.isoformat(),
            "until": each.until.isoformat() if each.until is not None else None,
            "url": f"{site}/matters/{code}/versions/{each.matter.version}",
        }

    data = matter_data(one.matter, guest.face.names(), site)
    return {**data, "url": told(one)["url"], "held": told(one), "versions": [told(each) for each in versions]}


def _asked(guest: Guest) -> tuple[str, MatterVersion, tuple[MatterVersion, ...]]:
    path = guest.request.path_params
    versions = versions_of(guest.face.node, path["code"])
    found = next((one for one in versions if one.matter.version == path["version"]), None)
    if found is None:
        raise NotFound("this version of the matter was not shown here", remedy="look at the matter as it is now")
    return path["code"], found, versions


ROUTES = (
    GuestRoute("/matters/{code}/versions/{version}.json", as_json),
    GuestRoute("/matters/{code}/versions/{version}", show),
)
