"""Deadlines as a calendar that people subscribe to (RFC 5545): a whole day each, with the exact moment in words. Pure.

Every event has the same UID each time, so that a calendar moves what has moved, and drops what is done.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from datetime import datetime, timedelta

from icalendar import Calendar, Event, vDuration, vText

from exchange.clock import end_text
from exchange.language import Language, Words
from exchange.web.telling.deadlines import OpenDeadline, last_day

MEDIA_TYPE = "text/calendar"
FILE_NAME = "deadlines.ics"
AGAIN_AFTER = timedelta(hours=1)
"""How often a calendar is asked to look again."""
_SPACE = uuid.UUID("5f3c2a5e-4f06-5d5d-8a7b-6a1f0d1d5b77")


def calendar_of(
    deadlines: Iterable[OpenDeadline], member: str, office: Words, language: Language, site: str, now: datetime
) -> bytes:
    """Return deadlines as a file of a calendar; ``site`` is where their desk is, without a slash at its end."""
    zh = language is Language.CHINESE
    found = Calendar()
    found.add("prodid", "-//Yizhan//desk//EN")
    found.add("version", "2.0")
    found.add("method", "PUBLISH")
    name = f"{office[0]}：办理期限" if zh else f"{office[1]}: deadlines"
    for called in ("name", "x-wr-calname"):  # the library knows neither as a text, and would not escape it
        found.add(called, vText(name))
    for called in ("refresh-interval", "x-published-ttl"):
        found.add(called, vDuration(AGAIN_AFTER), parameters={"VALUE": "DURATION"})
    for one in deadlines:
        found.add_component(_event(one, member, zh, site, now))
    return bytes(found.to_ical())


def _event(one: OpenDeadline, member: str, zh: bool, site: str, now: datetime) -> Event:
    day = last_day(one.due_at)
    event = Event()
    event.add("uid", f"{uuid.uuid5(_SPACE, f'{member}/{one.key}')}@{member}")
    event.add("dtstamp", now)
    event.add("dtstart", day)
    event.add("dtend", day + timedelta(days=1))
    event.add("summary", f"{one.task}：{one.number} {one.matter}" if zh else f"{one.task}: {one.number} {one.matter}")
    event.add("description", _description(one, zh))
    event.add("url", f"{site}{one.path}")
    event.add("transp", "TRANSPARENT")
    event.add("status", "TENTATIVE" if one.provisional else "CONFIRMED")
    return event


def _description(one: OpenDeadline, zh: bool) -> str:
    moment = end_text(one.due_at)
    if zh:
        moved = "\n该日期为暂定：当年的放假安排公布后可能变动。" if one.provisional else ""
        return f"期限至 {moment}（北京时间）。{moved}"
    moved = "\nThe day is provisional: the year's holidays are not published yet." if one.provisional else ""
    return f"Due {moment}, China Standard Time.{moved}"
