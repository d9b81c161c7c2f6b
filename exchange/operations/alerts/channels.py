"""How alerts are told: webhooks, whose bodies are signed, and mail.

Webhooks are signed as the API's are, by `exchange.machine.webhook_signature`; their id is the same at every repetition.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from exchange.clock import Clock
from exchange.language import Text
from exchange.machine.web_client import Unanswered, WebClient
from exchange.machine.webhook_signature import signed_headers
from exchange.operations.alerts.mail import Mail, channel_name
from exchange.operations.alerts.telling import TIMEOUT, Channel, Telling, not_told
from exchange.operations.troubles.mailbox import mailbox
from exchange.operations.troubles.settings import AlertSettings, WebhookSettings


def channels(settings: AlertSettings, clock: Clock, env: Mapping[str, str]) -> dict[str, Channel]:
    """Return all configured channels by name. Raises BadConfiguration where a secret cannot be had."""
    found: dict[str, Channel] = {hook.name: Webhook(hook, hook.signers(env), clock) for hook in settings.webhooks}
    if settings.mail is not None:
        password = settings.mail.reveal(env)
        for recipient in map(mailbox, settings.mail.recipients):
            found[channel_name(recipient)] = Mail(settings.mail, recipient, password, clock)
    return found


class Webhook:
    """Tells one URL. Redirections are not followed: they would lead what is signed elsewhere."""

    def __init__(
        self, settings: WebhookSettings, secrets: Sequence[str], clock: Clock, seconds: float = TIMEOUT
    ) -> None:
        self._settings = settings
        self._secrets = secrets
        self._clock = clock
        self._seconds = seconds

    def tell(self, telling: Telling) -> None:
        body, timestamp = telling.body(), int(self._clock.now().timestamp())
        headers = {
            "content-type": "application/json",
            "user-agent": "yizhan",
            **signed_headers(self._secrets, telling.delivery, timestamp, body),
        }
        try:
            with WebClient(proxies=True, keep=0) as client:
                answer = client.ask("POST", self._settings.url, seconds=self._seconds, headers=headers, content=body)
        except Unanswered as error:
            raise not_told(self._settings.name, error) from None
        if not answer.is_success:
            raise not_told(self._settings.name, Text("it answered {status}", {"status": answer.status}))
