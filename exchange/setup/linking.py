"""Linking: a domain admits a lower one to its broker, and the lower one joins it by shovels.

The upper side makes queues, and an account that can do nothing but carry between the two; the lower side makes the
same, and the shovels (why all of them there: `exchange.broker.admin.shovels`). Every step may be repeated: what is
there stays, passwords included. Cutting a link loses nothing: what is written meanwhile waits in the uplink queues.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

from exchange.broker.admin.management import ManagementClient
from exchange.broker.admin.node_info import NodeInfo
from exchange.broker.admin.provision import Extras, provision
from exchange.broker.admin.shovels import (
    LinkEnd,
    ShovelState,
    declare_shovels,
    remove_shovels,
    shovel_names,
    shovel_states,
    shovels_between,
)
from exchange.broker.traffic.uplink import link_account, transit_queues
from exchange.broker.traffic.urls import parameters, with_credentials
from exchange.directory.addressing import uplink_queue
from exchange.directory.hierarchy import relay_of, superior_of
from exchange.errors import CallerError, NotFound
from exchange.language import Text
from exchange.runtime.home import open_directory
from exchange.runtime.links import KnownLink, load_links, save_links
from exchange.runtime.settings import Home, Settings
from exchange.runtime.whereabouts import find_broker

Say = Callable[[str], None]


@dataclass(frozen=True)
class LinkStatus:
    """A link as seen from here."""

    neighbour: str
    is_upper: bool
    shovels: tuple[ShovelState, ...]
    """Of a link upwards; those of a link downwards are at the lower domain's broker."""
    waiting: int | None
    """Messages in the queues to the neighbour; None where the broker does not know yet."""

    @property
    def runs(self) -> bool:
        """Whether all its shovels run, as far as they are seen from here."""
        return all(shovel.state == "running" for shovel in self.shovels)


@dataclass(frozen=True)
class LinkSide:
    """One domain's side of its links: its broker, and the file that keeps what it knows of them."""

    domain: str
    info: NodeInfo
    file: Path
    settle: float | None = None

    def admit(self, lower: str, say: Say) -> str:
        """Let a direct lower domain in; returns the URL by which it joins, which holds its password.

        Raises CallerError, BrokerUnavailable or BadTopology.
        """
        if superior_of(lower) != self.domain:
            remedy = "a lower domain joins its direct superior only"
            raise CallerError("{lower} is not directly below {domain}", remedy=remedy, lower=lower, domain=self.domain)
        link = self._known(lower)
        self._prepare(lower, link, say)
        return with_credentials(self.info.url, link_account(lower), link.password)

    def join(self, url: str | None, say: Say) -> list[str]:
        """Join the superior domain at ``url`` (None: as before).

        Returns the names of the shovels declared, none if all stood.

        Raises CallerError, BadConfiguration, BrokerUnavailable or BadTopology.
        """
        upper = self._superior()
        link = self._known(upper)
        link = replace(link, url=url or link.url)
        if link.url is None:
            remedy = Text(
                "have {upper} run `exchange link {domain}`, and give what it says with --to",
                {"upper": upper, "domain": self.domain},
            )
            raise CallerError("it is not known how to reach the broker of {upper}", remedy=remedy, upper=upper)
        parameters(link.url, "link")
        self._prepare(upper, link, say)
        here = with_credentials(self.info.url, link_account(upper), link.password)
        with self._management() as management:
            return declare_shovels(management, shovels_between(LinkEnd(self.domain, here), LinkEnd(upper, link.url)))

    def cut(self, neighbour: str, *, forget: bool = False) -> list[str]:
        """Stop a link from here; returns what was taken away.

        ``forget`` also drops the account and what is known of it.

        Queues stay with what they hold. Raises NotFound, BrokerUnavailable or BadTopology.
        """
        links = load_links(self.file)
        if neighbour not in links:
            raise NotFound(
                "{domain} has no link to {neighbour}",
                remedy="`exchange link --status` lists them",
                domain=self.domain,
                neighbour=neighbour,
            )
        is_upper, account = neighbour == superior_of(self.domain), link_account(neighbour)
        done: list[str] = []
        with self._management() as management:
            if is_upper:
                done += remove_shovels(management, shovel_names(self.domain, neighbour))
            if (forget or not is_upper) and management.delete_user(account):
                management.close_connections(account)
                done.append(account)
        if forget:
            save_links(self.file, {name: link for name, link in links.items() if name != neighbour})
        return done

    def status(self) -> list[LinkStatus]:
        """Return all links of the domain. Raises BrokerUnavailable or BadTopology."""
        links = load_links(self.file)
        with self._management() as management:
            counts = {queue.name: queue.messages for queue in management.queues()}
            return [self._status(management, neighbour, counts) for neighbour in links]

    def in_transit(self) -> int:
        """Count the messages that wait for the own relay office. Raises BrokerUnavailable or BadTopology."""
        names = transit_queues(relay_of(self.domain))
        with self._management() as management:
            return sum(queue.messages or 0 for queue in management.queues() if queue.name in names)

    def _status(self, management: ManagementClient, neighbour: str, counts: dict[str, int | None]) -> LinkStatus:
        is_upper = neighbour == superior_of(self.domain)
        names = shovel_names(self.domain, neighbour) if is_upper else []
        numbers = [counts.get(uplink_queue(neighbour, urgent=urgent)) for urgent in (True, False)]
        known = [number for number in numbers if number is not None]
        states = tuple(shovel_states(management, names))
        return LinkStatus(neighbour, is_upper, states, sum(known) if len(known) == len(numbers) else None)

    def _superior(self) -> str:
        upper = superior_of(self.domain)
        if upper is None:
            raise CallerError(
                "{domain} is a root: there is nothing above it", remedy="name a domain below it", domain=self.domain
            )
        return upper

    def _known(self, neighbour: str) -> KnownLink:
        return load_links(self.file).get(neighbour) or KnownLink(secrets.token_urlsafe(24))

    def _prepare(self, neighbour: str, link: KnownLink, say: Say) -> None:
        """Queues and account for a neighbour, after its password is on record."""
        save_links(self.file, load_links(self.file) | {neighbour: link})
        extras = Extras([relay_of(self.domain)], [neighbour])
        provision(self.info.url, [relay_of(self.domain)], [], progress=say, settle=self.settle, extras=extras)
        with self._management() as management:
            management.put_link(self.domain, neighbour, link.password)

    def _management(self) -> ManagementClient:
        if self.info.management_url is None:
            raise CallerError(
                "a link needs the broker's management API",
                remedy="set EXCHANGE_MANAGEMENT_URL beside EXCHANGE_BROKER_URL",
            )
        return ManagementClient(self.info.management_url, self.info.url)


def remove_link(settings: Settings, neighbour: str) -> list[str]:
    """Take the link to a neighbour away, wherever the domain's broker is; nothing where there is none.

    Raises BrokerUnavailable, BadTopology, or CallerError without a management API.
    """
    home = Home(settings.home)
    if neighbour not in load_links(home.links):
        return []
    side = LinkSide(open_directory(home, settings).domain, find_broker(settings), home.links)
    return side.cut(neighbour, forget=True)
