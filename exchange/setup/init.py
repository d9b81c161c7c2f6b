"""Init: a domain from nothing, or what is missing of it. Running it again changes nothing that is there."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Collection, Mapping
from pathlib import Path
from typing import NamedTuple

import exchange
from exchange.broker.admin.management import ManagementClient
from exchange.broker.admin.node_info import NodeInfo
from exchange.broker.admin.probe import stamps_arrival
from exchange.broker.admin.provision import Extras, MemberAccount, provision
from exchange.broker.admin.room import limit_queues
from exchange.broker.private.broker import PrivateBroker
from exchange.broker.traffic.link import Link
from exchange.broker.traffic.urls import with_credentials
from exchange.directory.addressing import home_of
from exchange.errors import BadConfiguration, CallerError, DatabaseLost, NotFound
from exchange.language import tr
from exchange.machine.files import keep_owner_below, let_nobody_else_write, make_folder, told
from exchange.messaging.quotas.settings import Quotas
from exchange.runtime.catalogue import load_catalogue
from exchange.runtime.home import open_database, write_link
from exchange.runtime.links import load_links
from exchange.runtime.profiles import Profile, load_profiles
from exchange.runtime.settings import Home, Settings
from exchange.schemas import Role
from exchange.setup.broker_accounts import close_account, password_of, revoked_members
from exchange.setup.certify import certify_all
from exchange.setup.database_roles import give_roles

CONSOLE = "console"
"""The console's records lie beside the members'."""

Say = Callable[[str], None]


def packaged_departments() -> Path:
    """Return the folder of the example departments that come with the exchange."""
    return Path(exchange.__file__).resolve().parent / "departments"


def _refuse(error: DatabaseLost) -> None:
    raise error


def init_files(
    settings: Settings,
    say: Say,
    source: Path | None = None,
    anew: Collection[str] = (),
    on_lost: Callable[[DatabaseLost], None] = _refuse,
    *,
    clock_is_right: bool = False,
    roles: bool | None = None,
) -> dict[str, Profile]:
    """Make departments and catalogue, authority, a key folder for each member, the signed directory, and databases.

    ``source`` is a folder of departments to start from (default: the packaged ones). A member's database that is lost
    is made ``anew`` for those named; of others the error goes to ``on_lost`` once all else is done.
    ``clock_is_right``: a directory from this machine's future is signed anew instead of refused. ``roles``: each gets
    a role of its own at the database server; None: in a new domain, where the given account may make them.
    Raises BadConfiguration, NotFound for a name that no member has, DatabaseUnavailable or DatabaseLost.
    """
    home = Home(settings.home)
    make_folder(home.root)
    _copy_departments(home, source or packaged_departments(), say)
    profiles = load_profiles(home.departments)
    if not any(Role.WINDOW in profile.roles for profile in profiles.values()):
        raise BadConfiguration("no department has the role 'window'", remedy="one profile.toml says roles = ['window']")
    _know(anew, profiles)
    say(tr("catalogue: {count} matters", count=len(load_catalogue(home.catalogue, profiles))))
    certify_all(settings, profiles, say, clock_is_right=clock_is_right)
    new = not any(home.account(address).exists() for address in profiles)
    give_roles(settings, [*profiles, CONSOLE], say, wanted=roles, new=new)
    lost: list[DatabaseLost] = []
    for index, address in enumerate(profiles, 1):
        had_one = home.account(address).exists()  # an account at the broker is made after the database
        try:
            open_database(settings, address, patient=True, first=address in anew or not had_one).close()
        except DatabaseLost as error:
            lost.append(error)
        if not had_one:
            say(tr("databases: {index} of {count}", index=index, count=len(profiles)))
    for one in lost:
        on_lost(one)
    return profiles


def _know(anew: Collection[str], profiles: Mapping[str, Profile]) -> None:
    for address in anew:
        if address not in profiles:
            raise NotFound("there is no member {address}", remedy="its address as in its profile", address=address)


def _copy_departments(home: Home, source: Path, say: Say) -> None:
    if home.departments.exists():
        return
    ignored = shutil.ignore_patterns("__pycache__", "*.pyc", "__init__.py", "py.typed")
    with told(home.departments):
        shutil.copytree(source, home.departments, ignore=ignored)
        keep_owner_below(home.departments)
        let_nobody_else_write(home.departments)
    say(tr("departments: copied to {departments}", departments=home.departments))


class DomainBroker(NamedTuple):
    """The broker that a domain uses."""

    own: PrivateBroker | None
    """None for one that somebody else looks after."""
    info: NodeInfo


def own_broker(settings: Settings, nodes: int | None = None) -> PrivateBroker | None:
    """Return the domain's private broker; None where the environment names another.

    ``nodes``: how many it is to have; default: as many as before, else one. Raises CallerError for nodes of a broker
    that is not the domain's own, OperatorError for a number that it cannot have.
    """
    if not settings.broker_url:
        return PrivateBroker(Home(settings.home).node, nodes)
    if nodes is not None:
        raise CallerError(
            "--nodes makes a broker of the domain's own, and EXCHANGE_BROKER_URL names another",
            remedy="unset EXCHANGE_BROKER_URL, or leave --nodes out",
        )
    return None


def start_broker(
    settings: Settings, say: Say, *, detach: bool = False, own: PrivateBroker | None = None
) -> DomainBroker:
    """Start the private broker, or find it again; or return the broker the environment names, as it is."""
    if settings.broker_url:
        return DomainBroker(None, NodeInfo(settings.broker_url, settings.management_url))
    own = own or PrivateBroker(Home(settings.home).node)
    return DomainBroker(own, own.start(say, detach=detach))


def init_broker(settings: Settings, info: NodeInfo, profiles: dict[str, Profile], say: Say) -> None:
    """Make queues, and an account for each member where the management API is reachable.

    Where it is not, all share the given account.
    """
    home = Home(settings.home)
    windows = [profile.address for profile in profiles.values() if Role.WINDOW in profile.roles]
    relays = [profile.address for profile in profiles.values() if Role.RELAY in profile.roles]
    extras = Extras(relays, load_links(home.links))
    elect = None if settings.broker_url else PrivateBroker(home.node).elect
    provision(info.url, list(profiles), windows, progress=say, extras=extras, elect=elect)
    stamps = stamps_arrival(info.url)
    if info.management_url is None:
        say(tr("broker: no management API given, all members share one account"))
        for address in profiles:
            write_link(home.account(address), Link(info.url, None, stamps))
        return
    shut, quotas = revoked_members(settings), Quotas.read()
    with ManagementClient(info.management_url, info.url) as management:
        for domain in sorted({home_of(address) for address in profiles}):
            limit_queues(management, domain, quotas.queue_bytes)
        for address in profiles.keys() - shut:
            password, profile = password_of(home, address), profiles[address]
            management.put_member(MemberAccount.of(address, password, profile.roles, profile.superior))
            write_link(home.account(address), Link(with_credentials(info.url, address, password), address, stamps))
        for address in shut:
            close_account(management, home, address)
    say(tr("broker: {count} members have queues and an account each", count=len(profiles.keys() - shut)))
