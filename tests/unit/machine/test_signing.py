"""Signatures of what is posted: by the specification, verified as receivers do it."""

from __future__ import annotations

import base64
import re
import sys
import time
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exchange.machine import webhook_signature
from exchange.machine.webhook_signature import NotGenuine, key_of, secret_text, sign, signed_headers, verify

SECRET, OTHER = secret_text(b"k" * 32), secret_text(b"o" * 32)
BODY = b'{"type": "message.arrived"}'
NOW = 1_772_413_200


def test_a_signature_is_that_of_the_specification() -> None:
    # The example of the Standard Webhooks specification's reference implementations.
    secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
    made = sign(secret, "msg_p5jXN8AQM9LWM0D4loKWxJek", 1614265330, b'{"test": 2432232314}')
    assert made == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


@given(st.binary(), st.binary(), st.integers(0, 2**40))
def test_another_body_or_another_time_is_another_signature(body: bytes, other: bytes, at: int) -> None:
    assert (sign(SECRET, "id", at, body) == sign(SECRET, "id", at, other)) == (body == other)
    assert sign(SECRET, "id", at, body) != sign(SECRET, "id", at + 1, body)


def test_while_a_secret_is_replaced_either_side_may_be_the_first_to_change() -> None:
    headers = signed_headers((OTHER, SECRET), "id-1", NOW, BODY)
    for known in ([SECRET], [OTHER], [SECRET, OTHER]):
        assert verify(known, headers, BODY, NOW) == "id-1"
    assert verify([OTHER, SECRET], signed_headers((SECRET,), "id-1", NOW, BODY), BODY, NOW) == "id-1"


@pytest.mark.parametrize("off", [-300, 0, 300])
def test_headers_are_found_in_any_case_and_five_minutes_are_allowed(off: int) -> None:
    headers = {name.title(): value for name, value in signed_headers((SECRET,), "id-1", NOW, BODY).items()}
    assert verify([SECRET], headers, BODY, NOW + off) == "id-1"


GOOD = signed_headers((SECRET,), "id-1", NOW, BODY)


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {name: value for name, value in GOOD.items() if name != "webhook-id"},
        {name: value for name, value in GOOD.items() if name != "webhook-signature"},
        {**GOOD, "webhook-id": "id-2"},
        {**GOOD, "webhook-timestamp": str(NOW + 1)},
        {**GOOD, "webhook-timestamp": str(NOW - 301)},
        {**GOOD, "webhook-timestamp": "\u0661"},
        {**GOOD, "webhook-timestamp": "9" * 5000},
        {**GOOD, "webhook-timestamp": "soon"},
        {**GOOD, "webhook-signature": ""},
        {**GOOD, "webhook-signature": GOOD["webhook-signature"].removeprefix("v1,")},
        {**GOOD, "webhook-signature": GOOD["webhook-signature"].replace("v1,", "v2,")},
        {**GOOD, "webhook-signature": "v1,签"},
        signed_headers((OTHER,), "id-1", NOW, BODY),
        signed_headers((SECRET,), "id-1", NOW - 301, BODY),
        signed_headers((SECRET,), "id-1", NOW + 301, BODY),
    ],
)
def test_what_is_not_the_senders_or_not_of_now_is_refused(headers: dict[str, str]) -> None:
    with pytest.raises(NotGenuine):
        verify([SECRET], headers, BODY, NOW)


def test_without_a_secret_nothing_is_genuine() -> None:
    with pytest.raises(NotGenuine):
        verify([], GOOD, BODY, NOW)


@given(st.text())
def test_what_is_no_secret_is_refused_and_not_quoted(text: str) -> None:
    with pytest.raises(ValueError, match="a secret is") as refused:
        key_of(text)
    assert len(text) < 8 or text not in str(refused.value)


@pytest.mark.parametrize("octets", [0, 16, 23, 65])
def test_a_key_is_neither_short_nor_long(octets: int) -> None:
    with pytest.raises(ValueError, match="24 to 64"):
        key_of("whsec_" + base64.b64encode(bytes(octets)).decode())


def test_what_the_page_of_the_api_has_receivers_copy_runs_as_it_stands(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = (Path(__file__).parents[3] / "docs" / "api.md").read_text()
    (example,) = re.findall(r"```python\n(.*?)```", page, re.S)
    copied = Path(webhook_signature.__file__)
    (tmp_path / copied.name).write_bytes(copied.read_bytes())
    monkeypatch.syspath_prepend(str(tmp_path))
    receiver: dict[str, Any] = {}
    exec(example, receiver)
    now = int(time.time())
    assert receiver["take"](SECRET, signed_headers((SECRET,), "id-1", now, BODY), BODY) == "id-1"
    with pytest.raises(receiver["NotGenuine"]):
        receiver["take"](OTHER, signed_headers((SECRET,), "id-1", now, BODY), BODY)
    monkeypatch.delitem(sys.modules, copied.stem)
