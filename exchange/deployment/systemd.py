"""Units for systemd: a service for each member that sees its own folder only; broker and database are elsewhere."""

from __future__ import annotations

from collections.abc import Iterable

from exchange.deployment.topology import SHARED, DeployedMember, Topology
from exchange.machine.transport.trust import TLS_AUTHORITY

STATE = "/var/lib/yizhan"
PROGRAM = "/opt/exchange/bin/exchange"
ACCOUNT = "yizhan"

HEAD = "# Written by `exchange deployment`; what differs on this machine goes into a drop-in (systemctl edit)."

_CONFINED = """\
NoNewPrivileges=yes
ProtectSystem=strict
ProtectHome=yes
PrivateTmp=yes
PrivateDevices=yes
ProtectClock=yes
ProtectControlGroups=yes
ProtectHostname=yes
ProtectKernelLogs=yes
ProtectKernelModules=yes
ProtectKernelTunables=yes
ProtectProc=invisible
LockPersonality=yes
RestrictAddressFamilies=AF_INET AF_INET6 AF_UNIX
RestrictNamespaces=yes
RestrictRealtime=yes
RestrictSUIDSGID=yes
RemoveIPC=yes
SystemCallArchitectures=native
SystemCallFilter=@system-service landlock_create_ruleset landlock_add_rule landlock_restrict_self
CapabilityBoundingSet=
UMask=0077"""

SETTINGS = f"""\
# What all processes of the exchange are told. Nothing secret stands here: each role has its accounts in its own folder,
# and who administers the domain gives EXCHANGE_BROKER_URL and EXCHANGE_DATABASE_URL with accounts to `exchange init`.
EXCHANGE_HOME=/var/lib/yizhan
EXCHANGE_DATABASE_URL=postgresql://database-1.example,database-2.example/exchange?target_session_attrs=read-write&sslmode=verify-full&sslrootcert=/etc/yizhan/authority.pem
EXCHANGE_MANAGEMENT_URL=https://broker-1.example:15671
{TLS_AUTHORITY}=/etc/yizhan/authority.pem
"""


def systemd_files(topology: Topology) -> dict[str, str]:
    """Return the texts of the files by the names under which they are put below /etc."""
    units = {f"systemd/system/{unit_of(one)}": _member_unit(one) for one in topology.members}
    units["systemd/system/yizhan-freshness.service"] = _freshness_unit()
    units["systemd/system/yizhan-console.service"] = _console_unit()
    if topology.portal is not None:
        units["systemd/system/yizhan-window.service"] = _window_unit(topology.portal)
    names = " ".join(name.rpartition("/")[2] for name in units)
    return {
        **units,
        "systemd/system/yizhan.target": f"{HEAD}\n[Unit]\nDescription=Yizhan: all that is served of {topology.domain}\n"
        f"Wants={names}\n\n[Install]\nWantedBy=multi-user.target\n",
        "sysusers.d/yizhan.conf": _accounts(),
        "tmpfiles.d/yizhan.conf": _folders(topology),
        "yizhan/settings.env": SETTINGS,
    }


def unit_of(member: DeployedMember) -> str:
    """Return the name of a member's unit."""
    return f"yizhan-{member.address}.service"


def _accounts() -> str:
    return f'{HEAD}\nu {ACCOUNT} - "Yizhan" {STATE}\n'


def _folders(topology: Topology) -> str:
    shared = (STATE, *(f"{STATE}/{name}" for name in ("departments", *SHARED, "tree")))
    own = ("members", "members/console", "freshness", *(f"members/{one.address}" for one in topology.members))
    lines = [*(f"d {path} 0755 {ACCOUNT} {ACCOUNT}" for path in shared)]
    lines += [f"d {STATE}/{name} 0700 {ACCOUNT} {ACCOUNT}" for name in own]
    return "\n".join([HEAD, *lines, ""])


def _unit(describes: str, words: str, sees: str) -> str:
    return f"""{HEAD}
[Unit]
Description=Yizhan: {describes}
PartOf=yizhan.target
After=network-online.target
Wants=network-online.target
StartLimitIntervalSec=0

[Service]
Type=exec
User={ACCOUNT}
Group={ACCOUNT}
EnvironmentFile=/etc/yizhan/settings.env
ExecStart={PROGRAM} {words}
Restart=always
RestartSec=5
TimeoutStopSec=60
KillMode=mixed
LimitNOFILE=8192
{sees}
{_CONFINED}

[Install]
WantedBy=yizhan.target
"""


def _parts(reads: Iterable[str], writes: Iterable[str]) -> str:
    """Of the domain's folder nothing but these parts is there."""
    empty = f"TemporaryFileSystem={STATE}:mode=0755"
    lines = [f"BindReadOnlyPaths={STATE}/{name}" for name in reads] + [f"BindPaths={STATE}/{name}" for name in writes]
    return "\n".join([empty, *lines])


def _own(one: DeployedMember) -> str:
    tree = ("tree",)
    reads, writes = ("departments", *SHARED), (f"members/{one.address}",)
    return _parts(reads, (*writes, *tree)) if one.keeps_tree else _parts((*reads, *tree), writes)


def _member_unit(one: DeployedMember) -> str:
    return _unit(one.address, f"serve --stay --standby {one.address}", _own(one))


def _freshness_unit() -> str:
    sees = _parts(("departments", "freshness"), ("public", "members/console"))
    return _unit("which directory is the present one", "freshness --every", sees)


def _console_unit() -> str:
    told = "# EXCHANGE_BROKER_URL of an administrator; readable to root only."
    sees = f"{told}\nEnvironmentFile=/etc/yizhan/administrator.env\nReadWritePaths={STATE}"
    words = "console --tls-cert /etc/yizhan/console.pem --tls-key /etc/yizhan/console.key"
    return _unit("the operators' console", words, sees)


def _window_unit(portal: DeployedMember) -> str:
    words = "window --tls-cert /etc/yizhan/window.pem --tls-key /etc/yizhan/window.key"
    return _unit("the public window", words, _own(portal))
