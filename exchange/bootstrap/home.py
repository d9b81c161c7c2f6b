"""Opening what a home folder holds: nodes, stores and links of its members."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

from exchange.bootstrap.member import Link, Work, new_id, work_for
from exchange.bootstrap.settings import Home, Settings
from exchange.catalogue import load_catalogue
from exchange.directory import DirectoryView, load_authority_certificate, load_directory, load_identity
from exchange.envelope import Identity
from exchange.errors import BadConfiguration, BadDirectory, BadKeys, BrokerUnavailable, NotFound, Untrusted
from exchange.flow.node import Node
from exchange.profiles import Profile, load_decide_rule, load_profiles, load_rule
from exchange.rules.calendar import ChinaCalendar
from exchange.store import SqlStore, connect_with_patience, open_store
from schemas import Matter, Role

_SEEN = "directory-version"


@dataclass(frozen=True)
class Opened:
    """A member with its database open, ready to be served or used for one command."""

    node: Node
    store: SqlStore
    profile: Profile


def open_directory(home: Home, settings: Settings, seen: int = 0) -> DirectoryView:
    """The domain's verified directory. Raises BadDirectory when there is none or it does not hold."""
    if not home.directory.exists():
        raise BadDirectory(f"no directory at {home.directory}", mend="run `exchange init` first")
    certificate = load_authority_certificate(home.authority)
    return load_directory(home.directory.read_bytes(), certificate, settings.clock.now(), seen)


def open_identity(home: Home, address: str, directory: DirectoryView) -> Identity:
    """A member's keys, once they are those that the directory lists for it. Raises BadKeys."""
    folder = home.keys(address)
    if not folder.exists():
        raise BadKeys(f"{address} has no keys in {folder}", mend="run `exchange init`, or restore them from the backup")
    identity = load_identity(folder)
    fault = _fault_of(identity, address, directory)
    if fault:
        raise BadKeys(f"{folder}: {fault}")
    return identity


def _fault_of(identity: Identity, address: str, directory: DirectoryView) -> str:
    """What is wrong with keys that are to be ``address``'s: nobody else could read or verify what it does."""
    if identity.address != address:
        return f"these are the keys of {identity.address}"
    try:
        signer = directory.signer(identity.x5t)
        listed = sorted(directory.member(address).encryption_keys, key=lambda key: key.not_before)
    except (Untrusted, NotFound) as error:
        return str(error)
    if signer.address != address:
        return f"the certificate is that of {signer.address}"
    if signer.public_key != identity.signing_key.public_key():
        return "the signing key is not the certificate's"
    sealed_to = {key.suite: key.kid for key in listed}  # the newest of each suite
    if not all(identity.key(bytes.fromhex(kid)) for kid in sealed_to.values()):
        return "a decryption key that the directory lists is missing"
    return ""


def open_member(settings: Settings, address: str, *, patient: bool = False) -> Opened:
    """Opens a member's keys, directory, catalogue and database.

    ``patient`` waits for a database that is not there yet, saying so. Raises NotFound, BadKeys, BadDirectory,
    BadConfiguration or DatabaseUnavailable.
    """
    home = Home(settings.home)
    profiles = load_profiles(home.departments)
    profile = profiles.get(address)
    if profile is None:
        raise NotFound(
            f"no member {address!r} in {home.departments}", mend=f"choose one of: {', '.join(sorted(profiles))}"
        )
    url = home.database_url(address, settings.database_url)
    store = connect_with_patience(url, member=address) if patient else open_store(url, member=address)
    store.migrate()
    with store.reading() as tx:
        seen = int(tx.get_meta(_SEEN) or 0)
    directory = open_directory(home, settings, seen)
    identity = open_identity(home, address, directory)
    if directory.version > seen:
        with store.transaction() as tx:
            tx.set_meta(_SEEN, str(directory.version))
    node = Node(
        identity=identity,
        directory=directory,
        store=store,
        clock=settings.clock,
        calendar=ChinaCalendar(),
        new_id=new_id,
        catalogue=_catalogue(home, profile),
    )
    return Opened(node, store, profile)


def _catalogue(home: Home, profile: Profile) -> dict[str, Matter]:
    return load_catalogue(home.catalogue) if Role.WINDOW in profile.roles else {}


def open_work(profile: Profile) -> Work:
    """A member's handlers and rules, from its profile. Raises BadConfiguration."""
    opinion_rule = load_rule(profile) if Role.DEPARTMENT in profile.roles and profile.rule else None
    decide_rule = load_decide_rule(profile) if Role.WINDOW in profile.roles and profile.rule else None
    return work_for(profile.roles, opinion_rule, decide_rule)


def open_link(settings: Settings, address: str) -> Link:
    """The member's way to the broker, as `init` or `up` wrote it. Raises BrokerUnavailable or BadConfiguration."""
    account = Home(settings.home).account(address)
    if not account.exists():
        raise BrokerUnavailable(f"{address} has no account at a broker", mend="run `exchange init`, then `exchange up`")
    return read_link(account)


def read_link(path: Path) -> Link:
    """A member's broker account. Raises BadConfiguration when the file does not hold."""
    try:
        stored = json.loads(path.read_text())
        return Link(str(stored["url"]), stored["user_id"], bool(stored["stamps"]))
    except OSError as error:
        raise BadConfiguration(f"{path}: {error.strerror}", mend="make it readable to its owner") from error
    except (ValueError, KeyError, TypeError) as error:
        mend = "delete the file and run `exchange init`, which gives the member a new account"
        raise BadConfiguration(f"{path} does not hold ({type(error).__name__})", mend=mend) from None


def write_link(path: Path, link: Link) -> None:
    """Writes a member's broker account, readable by its owner only."""
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_suffix(".new")
    temporary.touch(mode=0o600)
    temporary.write_text(json.dumps({"url": link.url, "user_id": link.user_id, "stamps": link.stamps}))
    temporary.replace(path)


def window_of(settings: Settings) -> str:
    """The address of the domain's window. Raises NotFound."""
    profiles = load_profiles(Home(settings.home).departments)
    for profile in profiles.values():
        if Role.WINDOW in profile.roles:
            return profile.address
    raise NotFound("no member has the role 'window'", mend="add a profile with roles = ['window']")
