"""Accounts of single members at the broker: closed with a revocation, opened again with a new certificate."""

from __future__ import annotations

import secrets
from dataclasses import replace

from exchange.broker.admin.management import ManagementClient
from exchange.broker.admin.provision import MemberAccount
from exchange.broker.traffic.urls import credentials, with_credentials
from exchange.errors import BrokerUnavailable
from exchange.runtime.home import open_directory, read_link, write_link
from exchange.runtime.settings import Home, Settings
from exchange.runtime.whereabouts import known_broker


def revoked_members(settings: Settings) -> frozenset[str]:
    """Return the members that are revoked now, those that have left included. Raises BadDirectory."""
    directory = open_directory(Home(settings.home), settings)
    return frozenset(member.address for member in directory.members if member.revoked_at is not None)


def password_of(home: Home, address: str) -> str:
    """Return the password the member has, so that whoever is being served stays connected; or a new one."""
    if home.account(address).exists():
        kept = read_link(home.account(address))
        known = credentials(kept.url)
        if kept.user_id is not None and known is not None and known[1]:
            return known[1]
    return secrets.token_urlsafe(24)


def close_account(management: ManagementClient, home: Home, address: str) -> bool:
    """Take a member's account from the broker with all it has open; returns whether there was anything to close.

    What is kept of it gets another password, since the old one may be known: that is what the account has if the
    member comes back. Raises BrokerUnavailable or BadTopology.
    """
    there = management.delete_user(address)
    management.close_connections(address)
    if there and home.account(address).exists():
        link = read_link(home.account(address))
        fresh = with_credentials(link.url, address, secrets.token_urlsafe(24))
        write_link(home.account(address), replace(link, url=fresh))
    return there


def shut_out(settings: Settings, address: str) -> bool:
    """Do `close_account` wherever the domain's broker is.

    Raises BrokerUnavailable where it does not answer, or where its members cannot be told apart, BadTopology.
    """
    with _management(settings) as management:
        return close_account(management, Home(settings.home), address)


def let_in(settings: Settings, address: str) -> None:
    """Make a member's account again, with another password than it had. Raises as `shut_out` does."""
    home = Home(settings.home)
    member = open_directory(home, settings).member(address)
    try:
        client = _management(settings)
    except BrokerUnavailable as error:
        raise BrokerUnavailable(
            error.text, remedy="`exchange init` or `exchange up` makes it, where the broker is administered"
        ) from error
    with client as management:
        password = password_of(home, address)
        management.put_member(MemberAccount.of(address, password, member.roles, member.superior))


def accounts_of(settings: Settings, addresses: frozenset[str]) -> frozenset[str]:
    """Return which of these have an account at the broker. Raises as `shut_out` does."""
    with _management(settings) as management:
        return frozenset(str(one.get("name")) for one in management.read("/api/users")) & addresses


def _management(settings: Settings) -> ManagementClient:
    info = known_broker(settings)
    if info is None or info.management_url is None:
        raise BrokerUnavailable(
            "no management API is known, by which accounts could be closed or made",
            remedy="set EXCHANGE_MANAGEMENT_URL; where all members share one account, change its password",
        )
    return ManagementClient(info.management_url, info.url)
