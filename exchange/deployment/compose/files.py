"""A compose file: three RabbitMQ nodes, PostgreSQL with a standby, a container for each role."""

from __future__ import annotations

from typing import Any

from exchange.deployment.broker_conf import CLUSTER, PLUGINS, RULES, discovery, tls
from exchange.deployment.compose.engines import (
    BROKERS,
    CERTIFICATE,
    DATABASES,
    PRIMARY,
    STANDBY,
    Service,
    broker_node,
    certificate,
    primary,
    standby,
)
from exchange.deployment.topology import (
    AMQPS,
    CONSOLE_PORT,
    HOME,
    MANAGEMENT_TLS,
    METRICS,
    SHARED,
    WINDOW_PORT,
    DeployedMember,
    Topology,
)
from exchange.deployment.written import as_yaml
from exchange.machine.transport.trust import TLS_AUTHORITY

AUTHORITY = "/run/secrets/authority"
_PLACES = {"authority": "./tls/authority.crt"}
_DATABASE_HOSTS = ",".join(DATABASES)
_DATABASE = f"{_DATABASE_HOSTS}/exchange?target_session_attrs=read-write&sslmode=verify-full&sslrootcert={AUTHORITY}"
_MANAGEMENT_HOSTS = ",".join(f"{host}:{MANAGEMENT_TLS}" for host in BROKERS)
_BROKER_HOSTS = ",".join(f"{host}:{AMQPS}" for host in BROKERS)

HEAD = """\
# A domain in production: three RabbitMQ nodes, PostgreSQL with a standby, a container for each role; README.md beside
# this file says what to put where before the first start. Written by `exchange deployment`: make it anew after a change
# of the departments. One machine is one machine: for a disk or a power cut give engines and standbys machines of their
# own (Kubernetes does), and keep backups elsewhere.
"""


def compose_files(topology: Topology) -> dict[str, str]:
    """Return the texts of the files by their names."""
    secrets = ["authority", "erlang_cookie", "broker_password", "database_password", "replication_password"]
    services: dict[str, Service] = {host: broker_node(host) for host in BROKERS}
    services |= {DATABASES[0]: primary(), DATABASES[1]: standby(), "init": _init(topology)}
    services |= {one.label: _member(topology, one) for one in topology.members}
    services |= {"freshness": _freshness(topology), "console": _console(topology)}
    if topology.portal is not None:
        services["public-window"] = _window(topology, topology.portal)
    whole = {
        "name": "yizhan",
        "services": services,
        "secrets": {name: {"file": _PLACES.get(name, f"./secrets/{name}")} for name in secrets},
        "volumes": {name: {} for name in ("home", *BROKERS, *DATABASES)},
    }
    return {
        "compose.yaml": HEAD + "\n" + as_yaml(whole),
        "rabbitmq.conf": RULES + "\n" + CLUSTER + "\n" + discovery(BROKERS) + "\n" + tls(CERTIFICATE),
        "enabled_plugins": f"[{','.join(PLUGINS)}].\n",
        "primary.sh": PRIMARY,
        "standby.sh": STANDBY,
    }


def _ours(topology: Topology, command: list[str], volumes: list[Any], **more: Any) -> Service:
    environment = {
        "EXCHANGE_DATABASE_URL": f"postgresql://{_DATABASE}",
        "EXCHANGE_MANAGEMENT_URL": f"https://{_MANAGEMENT_HOSTS}",
        TLS_AUTHORITY: AUTHORITY,
    }
    return {
        "image": topology.image,
        "command": command,
        "read_only": True,
        "tmpfs": ["/tmp"],  # noqa: S108 - in the container
        "cap_drop": ["ALL"],
        "security_opt": ["no-new-privileges:true"],
        "environment": environment | more.pop("environment", {}),
        "volumes": volumes,
        "secrets": ["authority", *more.pop("secrets", [])],
        **more,
    }


def _part(folder: str) -> dict[str, Any]:
    return {
        "type": "volume",
        "source": "home",
        "target": f"{HOME}/{folder}",
        "read_only": True,
        "volume": {"subpath": folder},
    }


_DEPARTMENTS = f"./departments:{HOME}/departments:ro"
_WHOLE = [f"home:{HOME}", _DEPARTMENTS]


def _own(member: DeployedMember) -> list[Any]:
    tree = {**_part("tree"), "read_only": not member.keeps_tree}
    return [_DEPARTMENTS, *(_part(folder) for folder in (*SHARED, f"members/{member.address}")), tree]


_AFTER_INIT = {"init": {"condition": "service_completed_successfully"}}


def _served(*asked: str) -> dict[str, Any]:
    return {
        "healthcheck": {
            "test": ["CMD", "python", "-I", "-m", "exchange.healthcheck", *asked],
            "interval": "30s",
            "timeout": "10s",
            "retries": 3,
            "start_period": "1m",
        },
        "restart": "unless-stopped",
        "stop_grace_period": "1m",
        "depends_on": _AFTER_INIT,
    }


def _exporting(**urls: str) -> str:
    """A shell's words that put passwords, which lie in files, into URLs; so nobody reads them off the container."""
    return " ".join(f'{name}="{url}"' for name, url in urls.items()) + ' exec exchange "$$@"'


_BROKER = f"amqps://exchange:$$(cat /run/secrets/broker_password)@{_BROKER_HOSTS}/%2F"


def _init(topology: Topology) -> Service:
    owner = f"postgresql://exchange:$$(cat /run/secrets/database_password)@{_DATABASE}"
    healthy = {"condition": "service_healthy"}
    return _ours(
        topology,
        ["init", "--database-roles"],
        list(_WHOLE),
        entrypoint=["sh", "-ec", _exporting(EXCHANGE_BROKER_URL=_BROKER, EXCHANGE_DATABASE_URL=owner), "exchange"],
        secrets=["broker_password", "database_password"],
        restart="on-failure:5",
        depends_on=dict.fromkeys((*BROKERS, *DATABASES), healthy),
    )


def _member(topology: Topology, one: DeployedMember) -> Service:
    command = ["serve", "--stay", one.address]
    return _ours(topology, command, _own(one), environment={"EXCHANGE_METRICS": METRICS}, **_served())


def _freshness(topology: Topology) -> Service:
    public = {**_part("public"), "read_only": False}
    volumes = [_DEPARTMENTS, public, _part("freshness"), _part("members/console")]
    return _ours(topology, ["freshness", "--every"], volumes, restart="unless-stopped", depends_on=_AFTER_INIT)


def _console(topology: Topology) -> Service:
    words = ["console", "--host", "0.0.0.0", "--port", str(CONSOLE_PORT), *_certificate()]  # noqa: S104
    served = _served(f"https://127.0.0.1:{CONSOLE_PORT}/readyz")
    return _ours(
        topology,
        words,
        [*_WHOLE, *certificate("console")],
        entrypoint=["sh", "-ec", _exporting(EXCHANGE_BROKER_URL=_BROKER), "exchange"],
        secrets=["broker_password"],
        ports=[f"127.0.0.1:{CONSOLE_PORT}:{CONSOLE_PORT}"],
        **served,
    )


def _window(topology: Topology, portal: DeployedMember) -> Service:
    words = ["window", "--listen", f"0.0.0.0:{WINDOW_PORT}", *_certificate()]
    return _ours(
        topology,
        words,
        [*_own(portal), *certificate("window")],
        ports=[f"127.0.0.1:{WINDOW_PORT}:{WINDOW_PORT}"],
        **_served(f"https://127.0.0.1:{WINDOW_PORT}/"),
    )


def _certificate() -> list[str]:
    return ["--tls-cert", f"{CERTIFICATE}/server.crt", "--tls-key", f"{CERTIFICATE}/server.key"]
