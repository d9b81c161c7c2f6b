"""The broker's management API: accounts with no more rights than a member needs, and a look at queues."""

from __future__ import annotations

import json
from base64 import b64encode
from collections import deque
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from email.utils import parsedate_to_datetime
from types import TracebackType
from typing import Any
from urllib.parse import quote

from exchange.broker.admin import lately
from exchange.broker.admin.permissions import member_permissions, member_topic_permission
from exchange.broker.admin.provision import MemberAccount
from exchange.broker.faults import DENIED
from exchange.broker.traffic.uplink import link_account, link_permissions, link_topic_permission
from exchange.broker.traffic.urls import credentials, vhost
from exchange.errors import BadTopology, BrokerUnavailable
from exchange.machine.transport.trust import broker_trust
from exchange.machine.urls import check_url, each_host, shown, without_account
from exchange.machine.web_client import Answer, Unanswered, WebClient

_TIMEOUT = 10.0
"""Seconds for one request and its whole answer."""

_ABSENT = 404
_UNWELL = 500
"""What a node answers that cannot serve now: another may."""

_LARGEST = 64_000_000
"""Octets of an answer that are taken."""

_NO_SUCH_PAGE = (400, 404)
"""What RabbitMQ answers where a plugin's page is not: 404 up to 4.0, 400 on 4.3."""


@dataclass(frozen=True)
class QueueView:
    """A queue as the management API shows it. ``messages`` is None where it does not know (yet): not zero."""

    name: str
    messages: int | None
    consumers: int


class ManagementClient:
    """Speaks to the management API at ``management_url`` about the vhost of ``broker_url``; a context manager.

    Of several hosts the next is asked where one does not answer. The account is that of ``management_url``, or of
    ``broker_url`` where it names none. ``timeout`` is in seconds, for one answer.
    """

    def __init__(self, management_url: str, broker_url: str, timeout: float = _TIMEOUT) -> None:
        check_url("EXCHANGE_MANAGEMENT_URL", management_url, ("http", "https"), "http://host:15672", several=True)
        self._shown = shown(management_url)
        self._vhost = vhost(broker_url)
        self._account = credentials(management_url) or credentials(broker_url)
        self._bases = deque(lately.in_order([without_account(one).rstrip("/") for one in each_host(management_url)]))
        """One for each host, the one that answered last first, and those last that did not lately."""
        self._seconds = timeout
        self._client = WebClient(trusted=broker_trust() if management_url.startswith("https:") else None)
        self._headers = {"content-type": "application/json"}
        if self._account is not None:
            self._headers["authorization"] = f"Basic {b64encode(':'.join(self._account).encode()).decode()}"

    def __enter__(self) -> ManagementClient:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._client.close()

    def put_vhost(self, name: str) -> None:
        """Make a virtual host, where it is missing, for the own account. Raises BrokerUnavailable or BadTopology."""
        self._put(f"/api/vhosts/{self._quoted(name)}", {})
        if self._account is not None:
            rights = {"configure": ".*", "write": ".*", "read": ".*"}
            self._put(f"/api/permissions/{self._quoted(name)}/{self._quoted(self._account[0])}", rights)

    def delete_vhost(self, name: str) -> bool:
        """Remove a virtual host and its queues; False if there was none. Raises BrokerUnavailable or BadTopology."""
        return self._delete(f"/api/vhosts/{self._quoted(name)}")

    def put_member(self, account: MemberAccount) -> None:
        """Make a member's account, or set its password and rights anew.

        It may configure nothing, publish to the exchange of documents under its own name only, read its own queues, and
        see how deep those are that it writes to; a portal may publish to its window alone. Raises BrokerUnavailable or
        BadTopology.
        """
        name = account.address
        rights = member_permissions(name, account.is_window, account.is_relay, account.only_to)
        keys = member_topic_permission(name, account.only_to)
        self._put_user(name, account.password, "", rights, keys)

    def put_link(self, own: str, neighbour: str, password: str) -> None:
        """Make the account of the link between the own domain and a neighbour, or set it anew.

        The tag impersonator lets it hand on messages that bear the user who published them first; it gives no access
        to this API. Raises BrokerUnavailable or BadTopology.
        """
        rights, keys = link_permissions(neighbour), link_topic_permission(own, neighbour)
        self._put_user(link_account(neighbour), password, "impersonator", rights, keys)

    def delete_user(self, name: str) -> bool:
        """Remove an account; False if there was none. Raises BrokerUnavailable or BadTopology."""
        return self._delete(f"/api/users/{self._quoted(name)}")

    def close_connections(self, user: str) -> None:
        """End whatever an account still has open. Raises BrokerUnavailable or BadTopology."""
        for each in self._read("/api/connections"):
            if each.get("user") == user:
                self._delete(f"/api/connections/{self._quoted(each['name'])}")

    def parameter(self, component: str, name: str) -> dict[str, Any] | None:
        """Return a runtime parameter's value; None where there is none. Raises BrokerUnavailable or BadTopology."""
        answer = self._ask("GET", self._parameter(component, name), tolerated=(_ABSENT,))
        return None if answer.status == _ABSENT else dict(self._parsed(answer)["value"])

    def put_parameter(self, component: str, name: str, value: Mapping[str, Any]) -> None:
        """Set a runtime parameter. Raises BrokerUnavailable, or BadTopology for a plugin or value not known there."""
        self._put(self._parameter(component, name), {"value": dict(value)})

    def put_operator_policy(self, name: str, policy: Mapping[str, Any]) -> None:
        """Set an operator policy of the vhost. Raises BrokerUnavailable or BadTopology."""
        self._put(f"/api/operator-policies/{self._quoted(self._vhost)}/{self._quoted(name)}", policy)

    def queue_lengths(self, key: str) -> dict[str, int | None]:
        """Return by queue the bound of this name that arguments and policies set; None where they set none.

        Raises BrokerUnavailable or BadTopology.
        """
        return {str(one["name"]): _bound_of(one, key) for one in self._read(f"/api/queues/{self._quoted(self._vhost)}")}

    def delete_parameter(self, component: str, name: str) -> bool:
        """Delete a runtime parameter; False if there was none. Raises BrokerUnavailable or BadTopology."""
        return self._delete(self._parameter(component, name))

    def shovels(self) -> dict[str, str] | None:
        """Return the states of the vhost's shovels by name; None where the plugin that tells them is not enabled.

        Raises BrokerUnavailable or BadTopology.
        """
        answer = self._ask("GET", f"/api/shovels/{self._quoted(self._vhost)}", tolerated=_NO_SUCH_PAGE)
        if not answer.is_success:
            return None
        return {str(each["name"]): str(each.get("state", "unknown")) for each in self._parsed(answer)}

    def connection_names(self) -> set[str]:
        """Return the names clients gave their connections to the vhost. Raises BrokerUnavailable or BadTopology."""
        found = self._read(f"/api/vhosts/{self._quoted(self._vhost)}/connections")
        return {str(each.get("client_properties", {}).get("connection_name", "")) for each in found}

    def queues(self) -> list[QueueView]:
        """Return all queues of the vhost. Raises BrokerUnavailable or BadTopology."""
        found = self._read(f"/api/queues/{self._quoted(self._vhost)}")
        return [QueueView(each["name"], each.get("messages"), each.get("consumers", 0)) for each in found]

    @property
    def vhost(self) -> str:
        """The virtual host it speaks about."""
        return self._vhost

    def read(self, path: str) -> Any:
        """Read what the API has at a path, for figures. Raises BrokerUnavailable or BadTopology."""
        return self._parsed(self._ask("GET", path))

    def now(self) -> datetime:
        """Return the time on the broker's machine, to the second. Raises BrokerUnavailable or BadTopology."""
        try:
            return parsedate_to_datetime(self._ask("GET", "/api/whoami").headers["date"])
        except (KeyError, ValueError):
            raise self._no_such_api() from None

    def _read(self, path: str) -> list[dict[str, Any]]:
        """A list of records. Raises BrokerUnavailable, also where what answers has none."""
        found = self.read(path)
        if not isinstance(found, list) or not all(isinstance(one, dict) for one in found):
            raise self._no_such_api()
        return found

    def _parsed(self, answer: Answer) -> Any:
        try:
            return json.loads(answer.body)
        except ValueError:
            raise self._no_such_api() from None

    def _no_such_api(self) -> BrokerUnavailable:
        return BrokerUnavailable(
            "what answers at {shown} is no management API",
            remedy="check EXCHANGE_MANAGEMENT_URL: another program may have its port",
            shown=self._shown,
        )

    def _put_user(
        self, name: str, password: str, tags: str, rights: Mapping[str, str], keys: Mapping[str, str]
    ) -> None:
        place = f"{self._quoted(self._vhost)}/{self._quoted(name)}"
        self._put(f"/api/users/{self._quoted(name)}", {"password": password, "tags": tags})
        self._put(f"/api/permissions/{place}", rights)
        self._put(f"/api/topic-permissions/{place}", keys)

    def _parameter(self, component: str, name: str) -> str:
        return f"/api/parameters/{component}/{self._quoted(self._vhost)}/{self._quoted(name)}"

    def _delete(self, path: str) -> bool:
        return self._ask("DELETE", path, tolerated=(_ABSENT,)).status != _ABSENT

    def _put(self, path: str, body: Mapping[str, Any]) -> None:
        self._ask("PUT", path, body)

    def _ask(
        self, method: str, path: str, body: Mapping[str, Any] | None = None, *, tolerated: Collection[int] = ()
    ) -> Answer:
        """One request; ``tolerated`` are refusals that are answers. What was sent is quoted nowhere: it may hold
        passwords."""
        content = b"" if body is None else json.dumps(body).encode()
        try:
            answer = self._ask_any(method, path, content)
        except Unanswered as error:
            raise BrokerUnavailable(
                "the management API at {shown} does not answer ({error})",
                remedy="check EXCHANGE_MANAGEMENT_URL (https where it speaks TLS, http where not) and that the plugin "
                "rabbitmq_management is enabled",
                shown=self._shown,
                error=error,
            ) from error
        if answer.status in (401, 403):
            raise BrokerUnavailable(
                "the management API at {shown} denies this account",
                remedy="use an account with the tag administrator in EXCHANGE_BROKER_URL or EXCHANGE_MANAGEMENT_URL",
                code=DENIED,
                shown=self._shown,
            )
        if answer.status >= 500 or answer.status in range(300, 400):
            raise BrokerUnavailable(
                "the management API at {shown} cannot answer now ({status})",
                remedy="see the broker's log, or that of the proxy before it; EXCHANGE_MANAGEMENT_URL names the API "
                "itself: redirections are not followed",
                shown=self._shown,
                status=answer.status,
            )
        if not answer.is_success and answer.status not in tolerated:
            reason = f"{method} {path}: {answer.status}"
            raise BadTopology(
                "the management API at {shown} refuses {reason}",
                remedy="see the broker's log",
                shown=self._shown,
                reason=reason,
            )
        return answer

    def _ask_any(self, method: str, path: str, content: bytes) -> Answer:
        """The answer of the first host that gives one; each request may come twice. Raises Unanswered."""
        for left in reversed(range(len(self._bases))):
            try:
                answer = self._client.ask(
                    method, f"{self._bases[0]}{path}", seconds=self._seconds, headers=self._headers, at_most=_LARGEST,
                    content=content,
                )  # fmt: skip
            except Unanswered:
                lately.failed(self._bases[0])
                if not left:
                    raise
            else:
                lately.answered(self._bases[0])
                if answer.status < _UNWELL or not left:
                    return answer
            self._bases.rotate(-1)
        raise Unanswered("")

    @staticmethod
    def _quoted(name: str) -> str:
        return quote(name, safe="")


def _bound_of(queue: Mapping[str, Any], key: str) -> int | None:
    """The least of what is set for a queue; a policy's definition is a list where it is empty."""
    sets = [queue.get("effective_policy_definition") or {}, queue.get("arguments") or {}]
    found = [each[name] for each, name in zip(sets, (key, f"x-{key}"), strict=True) if name in each]
    return min(map(int, found), default=None)
