"""What leaves in a diagnostics bundle is only what is known to be harmless."""

from __future__ import annotations

import json

from hypothesis import given
from hypothesis import strategies as st

from exchange.operations.health.scrub import environment_secrets, harmless, log_line, without_secrets


def test_of_a_log_line_ids_and_states_are_kept_and_words_of_others_are_not() -> None:
    trace = (
        'Traceback:\n  File "/opt/x/exchange/messaging/receive.py", line 12, in take\nValueError: 热电公司 91340100X'
    )
    line = json.dumps({"event": "message.dead", "stage": "handle", "reason": "热电公司", "exception": trace})
    kept = json.loads(log_line(line) or "")
    assert kept == {
        "event": "message.dead", "stage": "handle", "error": "ValueError",
        "where": ["exchange/messaging/receive.py:12 take"],
    }  # fmt: skip
    assert log_line("amqp://guest:guest@host is what a library printed") is None


@given(st.text(min_size=1), st.sampled_from(["event", "code", "queue"]))
def test_a_kept_field_is_short_and_of_plain_characters_or_gone(text: str, name: str) -> None:
    kept = harmless({name: text, "reason": text})[name]
    assert kept == "***" or (kept == text and len(text) <= 121 and "\x00" not in text)


def test_urls_lose_account_and_password_wherever_they_stand() -> None:
    text = without_secrets("at amqp://li:s3cret@host and pass s3cret, hunter22", {"hunter22", "s3cret"})
    assert "s3cret" not in text
    assert "hunter22" not in text
    assert "host" in text


def test_the_secrets_of_the_environment_are_known_whatever_setting_holds_them() -> None:
    env = {
        "EXCHANGE_BROKER_URL": "amqp://li:brok%40er1@host",
        "ALL_PROXY": "socks5://me:proxy123@gate:1080",
        "https_proxy": "http://me:pro@xyz1/7777@gate",
        "AWS_SECRET_ACCESS_KEY": "awsawsaws",
        "EXCHANGE_HOME": "/srv/home",
    }
    said = without_secrets("brok@er1 brok%40er1 proxy123 xyz1/7777@gate awsawsaws /srv/home", environment_secrets(env))
    assert said.endswith("/srv/home")
    for secret in ("brok", "proxy123", "7777", "awsawsaws"):
        assert secret not in said
