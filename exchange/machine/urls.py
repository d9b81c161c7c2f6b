"""URLs as people may see them, whatever they are of: broker, database, storage, webhook, mail, proxy.

A URL that a setting gives may hold a password, and one whose password was not escaped is taken apart in the wrong
places: what looks like its host is half of the password. So nothing of a URL is shown unless it can be read in one
way only, and then its scheme, host, port and path.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from pathlib import Path
from urllib.parse import quote, unquote, urlsplit

from exchange.errors import BadConfiguration, DatabaseUnavailable
from exchange.language import Text, noted

GONE = "***"
HIDDEN = "(an address that is not shown: it cannot be read in one way only)"
ESCAPE = (
    "in its user and password write every character but letters, digits and -._~ as % and two hexadecimal digits: "
    "@ is %40, : is %3A, / is %2F, ? is %3F, # is %23, % is %25, a space %20"
)
"""How to repair a URL whose password has special characters."""
_SHORTEST = 4
"""Characters of a secret that is looked for in texts; shorter ones stand in too many words."""


def shown(url: str | None) -> str:
    """Return scheme, host, port and path of a URL; of one that can be read in several ways, nothing at all."""
    if not url:
        return ""
    if fault_of_several(url):
        return HIDDEN
    every = [urlsplit(one) for one in each_host(url)]
    return f"{every[0].scheme}://{','.join(one.netloc.rpartition('@')[2] for one in every)}{every[0].path}"


def each_host(url: str) -> list[str]:
    """Return one URL for each host of a URL that names several, as ``amqp://user:password@one:5672,two:5672/vhost``.

    They differ in host and port only. A URL with one host is returned as it is.
    """
    head, account, place, tail = _in_pieces(url)
    return [f"{head}{account}{host}{tail}" for host in place.split(",")] if "," in place else [url]


def without_account(url: str) -> str:
    """Return the URL without user and password."""
    head, _, place, tail = _in_pieces(url)
    return f"{head}{place}{tail}"


def with_hosts_of(urls: Sequence[str]) -> str:
    """Return the one URL that names the hosts of all, which differ in nothing else: what `each_host` takes apart."""
    head, account, _, tail = _in_pieces(urls[0])
    return f"{head}{account}{','.join(_in_pieces(url)[2] for url in urls)}{tail}"


def _in_pieces(url: str) -> tuple[str, str, str, str]:
    """What stands before user, password and @; these; hosts with ports; the rest. Together they are the URL."""
    scheme, separator, rest = url.partition("://")
    end = min((at for mark in "/?#" if (at := rest.find(mark)) >= 0), default=len(rest))
    account, sign, place = rest[:end].rpartition("@")
    return f"{scheme}{separator}", f"{account}{sign}", place, rest[end:]


def fault_of_several(url: str) -> str:
    """Say why a URL that may name several hosts cannot be read in one way only; empty where it can."""
    every = each_host(url)
    if len(every) > 1 and any(_in_pieces(one)[2] in ("", ":") for one in every):
        return noted("one of its hosts is empty")
    return next((fault for one in every if (fault := fault_of(one))), "")


def sqlite_url(path: Path) -> str:
    """Return the URL of an SQLite file; whatever stands in its path is part of the path. Raises DatabaseUnavailable."""
    try:
        return f"sqlite:///{quote(str(path), safe='/')}"
    except UnicodeError as error:
        remedy = "rename the folder, or set EXCHANGE_HOME to one whose name is UTF-8"
        raise DatabaseUnavailable("{path!r} is not a name in UTF-8", remedy=remedy, path=str(path)) from error


def with_hosts_apart(url: str) -> str:
    """Return a database's URL with several hosts, as libpq takes it, in the form that can be read in one way only.

    ``user@one:5432,two:5432/database`` names them as ``user@/database?host=one:5432&host=two:5432``. Any other URL
    stays as it is.
    """
    scheme, separator, rest = url.partition("://")
    authority, slash, path = rest.partition("/")
    account, at, place = authority.rpartition("@")
    hosts = place.split(",")
    if not separator or len(hosts) < 2 or not all(hosts) or not scheme.startswith("postgresql"):
        return url
    path, _, query = path.partition("?")
    settings = "&".join([*(f"host={host}" for host in hosts), *([query] if query else [])])
    return f"{scheme}://{account}{at}{slash or '/'}{path}?{settings}"


def fault_of(url: str) -> str:
    """Say why a URL cannot be read in one way only; empty where it can. Quotes nothing of it."""
    scheme, separator, rest = url.partition("://")
    if not separator or not scheme.isascii() or not scheme.replace("+", "").isalnum():
        return noted("it does not begin with a scheme and ://")
    if any(sign <= " " or sign == "\x7f" or sign == "\\" or sign.isspace() for sign in url):
        return noted("a space, a backslash or a control character stands in it unescaped")
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        return noted("its host and port cannot be told from the rest")
    account, _, place = parts.netloc.rpartition("@")
    if (parts.netloc and rest.count("@") > parts.netloc.count("@")) or parts.netloc.count("@") > 1:
        return noted("it has an @ where its host does not begin")
    if account.count(":") > 1:
        return noted("its user and password cannot be told from the rest")
    if port == 0 or place.endswith(":"):
        return noted("its port is none")
    return "" if _escaped(account) else noted("its user and password are not escaped")


def check_url(name: str, url: str, schemes: Collection[str], example: str, *, several: bool = False) -> None:
    """Raise BadConfiguration, quoting nothing, where ``name`` is set to what is no URL of ``schemes``.

    ``several``: it may name more than one host.
    """
    fault = Text(fault_of_several(url) if several else fault_of(url))
    if not fault.template and urlsplit(url).scheme not in schemes:
        fault = Text("it begins with none of: {schemes}", {"schemes": ", ".join(f"{one}://" for one in schemes)})
    if fault.template:
        remedy = Text("write {example}; {escape}", {"example": example, "escape": Text(ESCAPE)})
        raise BadConfiguration("{name} is invalid: {fault}", remedy=remedy, name=name, fault=fault)


def secrets_in(url: str | None) -> set[str]:
    """Return what must not be shown of a URL, however it is written: the password, else the user that stands alone.

    Of one that cannot be read in one way only it is the whole, and whatever stands between its marks.
    """
    if not url:
        return set()
    if fault_of_several(url):
        rest = url.partition("://")[2] or url
        before = rest.rpartition("@")[0]
        found = {url, rest, before, before.partition(":")[2]} | set(_pieces(before.partition(":")[2] or before))
    else:
        account = _in_pieces(url)[1].removesuffix("@")
        user, separator, password = account.partition(":")
        found = {password} if separator else {user}
    every = found | {unquote(one) for one in found} | {quote(unquote(one), safe="") for one in found}
    return {one for one in every if len(one) >= _SHORTEST}


def without(text: str, secrets: Collection[str]) -> str:
    """Return the text without any of these secrets."""
    for secret in sorted(secrets, key=len, reverse=True):
        text = text.replace(secret, GONE)
    return text


def _escaped(account: str) -> bool:
    """Whether user and password have no character that RFC 3986 wants escaped; others than ASCII are clear too."""
    marks = set("[]/?#\"'<>^`{|}")
    whole = not marks & set(account)
    return whole and all(_is_escape(account[place : place + 3]) for place, sign in enumerate(account) if sign == "%")


def _is_escape(text: str) -> bool:
    return len(text) == 3 and all(sign in "0123456789abcdefABCDEF" for sign in text[1:])


def _pieces(text: str) -> list[str]:
    for mark in "@:/?#":
        text = text.replace(mark, "\n")
    return text.split("\n")
