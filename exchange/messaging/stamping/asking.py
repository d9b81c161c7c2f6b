"""Asking a time-stamping authority over HTTP (RFC 3161, section 3.4): whatever it does, it is over in eight seconds.

Redirections are not followed, and no more of an answer is read than a token can have. What comes is taken only if it
is a whole token over this very head with this very nonce, at about the present time.
"""

from __future__ import annotations

from datetime import datetime

from exchange.audit.timestamps.tokens import TOKEN_LIMIT, TimeStamp, check_stamps, read_stamp, request_for
from exchange.errors import SenderError
from exchange.language import Text
from exchange.machine.web_client import Unanswered, WebClient
from exchange.schemas.instants import CLOCK_SKEW

SECONDS = 8.0
"""For the name, the connection, TLS, sending and the answer together."""
_QUERY, _REPLY = "application/timestamp-query", "application/timestamp-reply"


def ask_authority(
    client: WebClient, url: str, head: bytes, now: datetime, seconds: float = SECONDS
) -> tuple[bytes, TimeStamp]:
    """Return an authority's answer for a signed head, as it came and as read. Raises Unanswered.

    ``now``: a time-stamp of another time than this, by more than clocks may be apart, is not taken.
    """
    asked = request_for(head)
    answer = client.ask(
        "POST",
        url,
        seconds=seconds,
        headers={"content-type": _QUERY, "accept": _REPLY},
        content=asked.encoded,
        at_most=TOKEN_LIMIT,
    )
    if answer.status != 200:
        raise Unanswered(f"HTTP {answer.status}")
    if answer.headers.get("content-type", "").partition(";")[0].strip().lower() != _REPLY:
        raise Unanswered(Text("what it answers is no time-stamp"))
    try:
        stamp = read_stamp(answer.body)
        check_stamps(stamp, head)
    except SenderError as error:
        raise Unanswered(str(error)) from error
    if stamp.nonce != asked.nonce:
        raise Unanswered(Text("its time-stamp is the answer to another request"))
    if abs(stamp.at - now) > CLOCK_SKEW:
        raise Unanswered(Text("its clock and this machine's are more than ten minutes apart"))
    return answer.body, stamp
