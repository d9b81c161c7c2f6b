"""Opening what a home folder holds: nodes, stores and links of its members."""

from __future__ import annotations

import json
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from exchange.broker.traffic.link import Link
from exchange.claims import ClaimStore, open_claim_store, parse_place
from exchange.directory import DirectoryView, TreeView, load_authority_certificate, load_directory_file
from exchange.directory.succession import former_authorities
from exchange.errors import (
    BadConfiguration,
    BrokerUnavailable,
    DatabaseLost,
    DatabaseUnavailable,
    FileUnusable,
    NoDomain,
    NotFound,
)
from exchange.language import Text
from exchange.levels.spread import Take
from exchange.machine.files import make_folder, read_json, write_secret
from exchange.messaging.node import Node, new_id
from exchange.messaging.quotas.intake import Intake, free_octets
from exchange.messaging.quotas.settings import Quotas
from exchange.runtime.calendars import CalendarKeeper
from exchange.runtime.keys.renewal import Renewal
from exchange.runtime.live_catalogue import LiveCatalogue
from exchange.runtime.member_record import SERVED_WITH
from exchange.runtime.profiles import Profile, load_profiles
from exchange.runtime.settings import Home, Settings
from exchange.runtime.stated.heads import HeadKeeper
from exchange.runtime.tree_files import TreeFiles, marks_of, remember
from exchange.schemas import Role
from exchange.store import Store, connect_with_patience, open_store
from exchange.store.timelines import known_timelines
from exchange.store.timelines import remember as remember_lines
from exchange.store.transaction import Transaction
from exchange.workdays import ChinaCalendar

_TIMELINES = "timelines.json"
_SEEN = "directory-version"
STATED = "freshness"
"""The latest statement of which directory is the present one that a member has had by the broker, hexadecimal."""


@dataclass(frozen=True)
class OpenedMember:
    """A member with its database open, ready to be served or used for one command."""

    node: Node
    store: Store
    profile: Profile
    take: Take
    """Keeps what holds of other domains' directories."""
    intake: Intake | None = None
    """Whether it takes in new business, and what comes in."""


def need_domain(home: Home) -> None:
    """Raise NoDomain where none was made: departments alone may have been put there before `init`."""
    if home.directory.exists() or home.members.exists():
        return
    if home.departments.is_dir():
        raise NoDomain("no domain here yet: {home} holds departments only", home=home.root)
    raise NoDomain("no domain here: {home}", home=home.root)


def open_directory(home: Home, settings: Settings, seen: int = 0) -> DirectoryView:
    """Open the domain's verified directory. Raises BadDirectory when there is none or it is invalid."""
    certificate = load_authority_certificate(home.trusted)
    former = former_authorities(home.trusted)
    return load_directory_file(home.directory, certificate, settings.clock.now(), seen, former)


def open_tree(home: Home, settings: Settings) -> TreeView | DirectoryView:
    """Open the domain's verified directory with the tree around it. Raises BadDirectory for the own one only."""
    files = TreeFiles(home, load_authority_certificate(home.trusted))
    return files.view(open_directory(home, settings), settings.clock.now(), {})


def open_member(settings: Settings, address: str, *, patient: bool = False, store: Store | None = None) -> OpenedMember:
    """Open a member's keys, directory, catalogue and database; ``store`` is the database where it is open already.

    ``patient`` waits for a database that is not there yet, saying so. Raises NotFound, BadKeys, BadDirectory,
    BadConfiguration, DatabaseUnavailable or DatabaseLost.
    """
    home = Home(settings.home)
    need_domain(home)
    profiles = load_profiles(home.departments)
    profile = profiles.get(address)
    if profile is None:
        raise NotFound(
            "no member {address!r} in {departments}",
            remedy="choose one of: {profiles}",
            address=address,
            departments=home.departments,
            profiles=", ".join(sorted(profiles)),
        )
    if store is None:
        store = open_database(settings, address, patient=patient)
    with store.reading() as tx:
        stated = tx.get_meta(STATED)
        seen = directory_seen(tx)
        renewal = Renewal(settings, address, seen, marks_of(tx))
    identity, directory = renewal.read()
    if stated:
        renewal.take_statement(bytes.fromhex(stated), remembered=True)
    if directory.version > seen or isinstance(directory, TreeView):
        with store.transaction() as tx:
            tx.set_meta(_SEEN, str(directory.version))
            if isinstance(directory, TreeView):
                remember(tx, directory.tree.marks)
    keeper = HeadKeeper(home.audit_head, store)
    calendars = CalendarKeeper(home, store, address)
    folder = home.member(address) if home.member(address).is_dir() else home.root
    intake = Intake(address, store, settings.clock, partial(free_octets, folder), Quotas.read().intake)
    node = Node(
        identity=identity,
        directory=directory,
        store=store,
        clock=settings.clock,
        calendar=calendars.look(directory) or ChinaCalendar(),
        new_id=new_id,
        catalogue=LiveCatalogue(home) if {Role.WINDOW, Role.PORTAL} & set(profile.roles) else {},
        newer=renewal.read_if_changed,
        not_current=renewal.not_current,
        statement=renewal.statement,
        take_statement=partial(_take_statement, renewal, store),
        audit_head=partial(renewal.audit_head, keeper),
        take_audit_head=partial(renewal.take_audit_head, keeper),
        newer_calendar=calendars.look,
        take_calendar=calendars.take,
        intake=intake.check,
    )
    return OpenedMember(node, store, profile, renewal.take, intake)


def directory_seen(tx: Transaction) -> int:
    """Return the newest version of the directory that a member has seen, or was served with, wherever that was."""
    return max(int(tx.get_meta(key) or 0) for key in (_SEEN, SERVED_WITH))


def _take_statement(renewal: Renewal, store: Store, data: bytes) -> None:
    """Keep what is the latest: a member that is started again must not think that nobody states anything."""
    if renewal.take_statement(data):
        with suppress(DatabaseUnavailable), store.transaction() as tx:
            tx.set_meta(STATED, data.hex())


def open_database(settings: Settings, address: str, *, patient: bool = False, first: bool = False) -> Store:
    """Open a member's database with today's tables; an empty one is taken only where it is the member's ``first``.

    ``patient`` waits for a server that is not there yet. Raises DatabaseUnavailable or DatabaseLost.
    """
    home = Home(settings.home)
    url = (home.database_url if first else home.kept_database_url)(address, settings.database_url)
    lines = home.member(address) / _TIMELINES
    remember_lines(read_json(lines) or {})
    store = connect_with_patience(url, member=address) if patient else open_store(url, member=address)
    if not first and store.is_new():
        store.close()
        raise DatabaseLost(address, Text("the one that is set has no tables"))
    store.migrate(address)
    _keep_timelines(lines)
    return store


def _keep_timelines(path: Path) -> None:
    """Keep which line of the database's history was seen here, for a process that begins later."""
    seen = known_timelines()
    if seen and seen != read_json(path):
        with suppress(OSError, FileUnusable):
            write_secret(path, json.dumps(seen, sort_keys=True))


def open_claims(settings: Settings) -> ClaimStore:
    """Open the store of large attachments: the one set, or the home's own folder. Raises ClaimStoreUnavailable."""
    return open_claim_store(claims_place(settings))


def claims_place(settings: Settings) -> str | Path:
    """Return where the store of large attachments is: a folder, or an address. Raises BadConfiguration."""
    return parse_place(settings.claims_url) if settings.claims_url else Home(settings.home).claims


def open_link(settings: Settings, address: str) -> Link:
    """Open the member's way to the broker, as `init` or `up` wrote it. Raises BrokerUnavailable or BadConfiguration."""
    account = Home(settings.home).account(address)
    if not account.exists():
        raise BrokerUnavailable(
            "{address} has no account at a broker", remedy="run `exchange init`, then `exchange up`", address=address
        )
    return read_link(account)


def read_link(path: Path) -> Link:
    """Read a member's broker account. Raises BadConfiguration when the file is invalid."""
    try:
        stored = json.loads(path.read_text())
        return Link(str(stored["url"]), stored["user_id"], bool(stored["stamps"]))
    except OSError as error:
        raise BadConfiguration(
            "{path}: {reason}", remedy="make it readable to its owner", path=path, reason=error.strerror
        ) from error
    except (ValueError, KeyError, TypeError) as error:
        remedy = "delete the file and run `exchange init`, which gives the member a new account"
        raise BadConfiguration(
            "{path} is invalid ({name})", remedy=remedy, path=path, name=type(error).__name__
        ) from None


def write_link(path: Path, link: Link) -> None:
    """Write a member's broker account, readable by its owner only."""
    make_folder(path.parent, 0o700)
    write_secret(path, json.dumps({"url": link.url, "user_id": link.user_id, "stamps": link.stamps}))


def window_of(settings: Settings) -> str:
    """Return the address of the domain's window. Raises NotFound."""
    return _with_role(settings, Role.WINDOW)


def portal_of(settings: Settings) -> str:
    """Return the address of the domain's portal, which takes applications in from the public. Raises NotFound."""
    return _with_role(settings, Role.PORTAL)


def relay_in(settings: Settings) -> str:
    """Return the address of the domain's relay office. Raises NotFound."""
    return _with_role(settings, Role.RELAY)


def _with_role(settings: Settings, role: Role) -> str:
    need_domain(Home(settings.home))
    profiles = load_profiles(Home(settings.home).departments)
    for profile in profiles.values():
        if role in profile.roles:
            return profile.address
    raise NotFound("no member has the role '{role}'", remedy="add a profile with roles = ['{role}']", role=role.value)
