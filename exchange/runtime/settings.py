"""Where a domain lives on this machine, and what the environment says of broker, database and clock."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from ipaddress import ip_network
from pathlib import Path

from exchange.broker.traffic.urls import parameters
from exchange.claims import parse_place
from exchange.clock import Clock, parse_clock
from exchange.errors import BadConfiguration, DatabaseLost
from exchange.language import Text
from exchange.machine.files import read_json
from exchange.machine.transport.plain import check_settings_protected
from exchange.machine.urls import check_url, sqlite_url, with_hosts_apart
from exchange.store.engine import is_server
from exchange.store.roles import with_account, without_account

HOME_DEFAULT = ".exchange"

DATABASES = ("postgresql", "postgresql+psycopg", "sqlite")
"""Schemes of database URLs."""


_HOST_NAME = re.compile(r"(\*\.)?[A-Za-z0-9_]([A-Za-z0-9_.-]*[A-Za-z0-9_.])?")


@dataclass(frozen=True)
class Settings:
    """What the environment decides. None means: the embedded default."""

    home: Path
    broker_url: str | None
    management_url: str | None
    database_url: str | None
    clock: Clock
    claims_url: str | None = None
    webhook_networks: tuple[str, ...] = ()
    """Networks beside the public internet to which webhooks may go, e.g. ``10.0.0.0/8``."""
    console_hosts: tuple[str, ...] = ()
    """Names, beside the machine's own, under which people reach the console, e.g. ``console.example.org``."""

    @classmethod
    def read(cls, env: Mapping[str, str] | None = None, home: Path | None = None) -> Settings:
        """Read EXCHANGE_HOME, _BROKER_URL, _MANAGEMENT_URL, _DATABASE_URL, _CLAIMS_URL, _CLOCK, _WEBHOOK_NETWORKS and
        _CONSOLE_HOSTS.

        Raises BadConfiguration.
        """
        env = os.environ if env is None else env
        home = (home or Path(env.get("EXCHANGE_HOME", HOME_DEFAULT))).absolute()
        clock = _clock(env, Home(home))
        broker_url = env.get("EXCHANGE_BROKER_URL") or None
        if broker_url is not None:
            parameters(broker_url, "settings")
        management_url = env.get("EXCHANGE_MANAGEMENT_URL") or None
        if management_url is not None:
            check_url("EXCHANGE_MANAGEMENT_URL", management_url, ("http", "https"), "http://host:15672", several=True)
        database_url = with_hosts_apart(env.get("EXCHANGE_DATABASE_URL") or "") or None
        if database_url is not None:
            check_url("EXCHANGE_DATABASE_URL", database_url, DATABASES, "postgresql://user:password@host:port/database")
        check_settings_protected(management_url, database_url, env)
        claims_url = env.get("EXCHANGE_CLAIMS_URL") or None
        if claims_url is not None:
            parse_place(claims_url)
        return cls(
            home=home,
            broker_url=broker_url,
            management_url=management_url,
            database_url=database_url,
            clock=clock,
            claims_url=claims_url,
            webhook_networks=_networks(env.get("EXCHANGE_WEBHOOK_NETWORKS", "")),
            console_hosts=hosts_named("EXCHANGE_CONSOLE_HOSTS", env),
        )


def _clock(env: Mapping[str, str], home: Home) -> Clock:
    """EXCHANGE_CLOCK, or the clock that a demonstration has left in its folder; else the real one.

    Raises BadConfiguration.
    """
    named = env.get("EXCHANGE_CLOCK")
    remedy = "unset it, or write for example 2026-07-01T09:00+08:00/2026-03-02T09:00+08:00/3600"
    try:
        if named is None and home.clock.is_file():
            return parse_clock(home.clock.read_text(encoding="utf-8").strip())
        return parse_clock(named or "real")
    except (OSError, ValueError) as error:
        if named is None:
            remedy = "only a demonstration has a clock of its own: remove this file"
            raise BadConfiguration("{file}: {error}", remedy=remedy, file=home.clock, error=error) from error
        raise BadConfiguration("EXCHANGE_CLOCK is invalid: {error}", remedy=remedy, error=error) from error


def _networks(text: str) -> tuple[str, ...]:
    """Networks with commas between them. Raises BadConfiguration."""
    named = tuple(word for word in text.replace(",", " ").split() if word)
    for one in named:
        try:
            ip_network(one)
        except ValueError as error:
            remedy = "write networks with commas between them, for example 10.0.0.0/8,127.0.0.0/8"
            raise BadConfiguration("EXCHANGE_WEBHOOK_NETWORKS: {error}", remedy=remedy, error=error) from error
    return named


def hosts_named(setting: str, env: Mapping[str, str]) -> tuple[str, ...]:
    """Return the host names of a setting, with commas between them. Raises BadConfiguration."""
    named = tuple(env.get(setting, "").replace(",", " ").split())
    for one in named:
        if not _HOST_NAME.fullmatch(one):
            remedy = "write names with commas between them, without scheme and port, for example console.example.org"
            raise BadConfiguration("{setting}: {one!r} is no host name", remedy=remedy, setting=setting, one=one)
    return named


@dataclass(frozen=True)
class Home:
    """The folder of a domain: authority, directory, catalogue, and one folder a member."""

    root: Path

    @property
    def authority(self) -> Path:
        """The authority's key and certificate; only `init` and the directory's keeper need it."""
        return self.root / "authority"

    @property
    def clock(self) -> Path:
        """The clock of a demonstration, as EXCHANGE_CLOCK; other domains have no such file and go by the real one."""
        return self.root / "clock"

    @property
    def public(self) -> Path:
        """What the members read of the domain, in a folder that holds no secret; made by `runtime.confinement`."""
        return self.root / "public"

    def _public(self, name: str) -> Path:
        """A file that the domain's members read; beside the secrets where the folder is as earlier releases left it,
        or somebody has put it there.
        """
        beside = self.root / name
        return beside if beside.exists() or not self.public.is_dir() else self.public / name

    @property
    def trusted(self) -> Path:
        """The folder of the authority's certificates and papers: its own, or their copy where that is out of reach."""
        try:
            open(self.authority / "authority.der", "rb").close()
        except OSError:
            return self.public / "authority" if self.public.is_dir() else self.authority
        return self.authority

    @property
    def directory_lock(self) -> Path:
        """What is locked while directory or authority are changed."""
        return self.root / "directory.cose.lock"

    @property
    def directory(self) -> Path:
        """The signed directory."""
        return self._public("directory.cose")

    @property
    def freshness_key(self) -> Path:
        """The folder of the key that states, all the time, which directory is the present one."""
        return self.root / "freshness"

    @property
    def freshness(self) -> Path:
        """The latest of these statements; it goes wherever the directory goes."""
        return self._public("freshness.cose")

    @property
    def audit_head(self) -> Path:
        """The head of the audit log as it was signed last on this machine."""
        return self._public("audit-head.cose")

    @property
    def tree(self) -> Path:
        """Signed directories of other domains; there is none where the domain stands alone."""
        return self.root / "tree"

    @property
    def calendars(self) -> Path:
        """Signed calendars of working days: the own domain's, and those of the levels above."""
        return self.root / "calendars"

    @property
    def links(self) -> Path:
        """The links to neighbouring domains; holds passwords, readable by its owner only."""
        return self.root / "links.json"

    @property
    def departments(self) -> Path:
        """One folder a department: profile and rule."""
        return self.root / "departments"

    @property
    def catalogue(self) -> Path:
        """The matters."""
        return self.departments / "catalogue"

    @property
    def node(self) -> Path:
        """The private RabbitMQ node."""
        return self.root / "node"

    @property
    def logs(self) -> Path:
        """What the served roles write."""
        return self.root / "log"

    @property
    def running(self) -> Path:
        """Which process runs the whole domain; no secret."""
        return self.root / "up.json"

    @property
    def console(self) -> Path:
        """Where the operators' console is being served: address and process; no secret."""
        return self.root / "console.json"

    @property
    def claims(self) -> Path:
        """Large attachments, encrypted, where no other claim store is set."""
        return self.root / "claims"

    def uploads(self, address: str) -> Path:
        """Return the folder of the journals of a member's uploads that are under way; they hold keys."""
        return self.member(address) / "uploads"

    @property
    def members(self) -> Path:
        """One folder a member, each readable by its owner only."""
        return self.root / "members"

    def member(self, address: str) -> Path:
        """Return a member's folder: keys, broker account, database."""
        return self.members / address

    def keys(self, address: str) -> Path:
        """Return the folder of a member's private keys and certificate."""
        return self.member(address) / "keys"

    def account(self, address: str) -> Path:
        """Return the file of a member's account at the broker; readable by its owner only."""
        return self.member(address) / "broker.json"

    def public_window(self, address: str) -> Path:
        """Return where the public window beside a portal is being served: address and process; no secret.

        It lies in the member's own folder, which is all that its process may write to.
        """
        return self.member(address) / "window.json"

    def desk(self, address: str) -> Path:
        """Return the same of the desk beside a member."""
        return self.member(address) / "desk.json"

    def database_url(self, address: str, given: str | None) -> str:
        """Return the given database, under the member's own role where it has one; or the member's own SQLite file."""
        account = read_json(self.database_account(address)) if is_server(given) else None
        if given and account is not None:
            return with_account(given, str(account["user"]), str(account["password"]))
        return given or sqlite_url(self.database_file(address))

    def database_account(self, address: str) -> Path:
        """Return the file of a member's own role at the database server.

        It holds its name and password, readable by its owner only.
        """
        return self.member(address) / "database.json"

    def database_file(self, address: str) -> Path:
        """Return a member's own SQLite file."""
        return self.member(address) / "store.db"

    def kept_database_url(self, address: str, given: str | None) -> str:
        """Return the `database_url` of a member that has had one. Raises DatabaseLost where its file is not there.

        Of a member that lost its database none is to be made: an empty one in its place would hide the loss.
        """
        file = self.database_file(address)
        if given is None and not file.exists():
            raise DatabaseLost(address, Text("there is none at {file}", {"file": file}))
        return self.database_url(address, given)


def own_database(settings: Settings, address: str) -> dict[str, str]:
    """Return a member's own setting of the database: without the administrator's account where it has a role itself."""
    given = settings.database_url
    if given and is_server(given) and Home(settings.home).database_account(address).exists():
        return {"EXCHANGE_DATABASE_URL": without_account(given)}
    return {}
