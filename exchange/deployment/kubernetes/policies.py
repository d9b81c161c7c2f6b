"""Who may speak with whom: by default nobody; roles reach broker, database and names, people the faces."""

from __future__ import annotations

from typing import Any

from exchange.deployment.kubernetes.manifest import PART_OF, Manifest, named, selector
from exchange.deployment.topology import AMQPS, CONSOLE_PORT, MANAGEMENT_TLS, METRICS_PORT, POSTGRESQL, WINDOW_PORT

_BROKER = {"matchLabels": {"app.kubernetes.io/name": "broker"}}
_DATABASE = {"matchLabels": {"cnpg.io/cluster": "database"}}
_OURS = {"matchLabels": PART_OF}


def policies() -> list[Manifest]:
    """Return the network policies of the namespace; operators of its engines are let in to them."""
    return [
        _policy("nobody", {}, ingress=[]),
        _policy(
            "roles-reach-their-engines",
            _OURS,
            egress=[
                {"to": [{"podSelector": _BROKER}], "ports": _ports(AMQPS, MANAGEMENT_TLS)},
                {"to": [{"podSelector": _DATABASE}], "ports": _ports(POSTGRESQL)},
                {"ports": [{"port": 53, "protocol": one} for one in ("UDP", "TCP")]},
            ],
        ),
        _policy(
            "broker-is-reached",
            _BROKER,
            ingress=[
                {"from": [{"podSelector": _OURS}, {"podSelector": _BROKER}]},
                {"from": [_namespace("rabbitmq-system")]},
            ],
        ),
        _policy(
            "database-is-reached",
            _DATABASE,
            ingress=[
                {"from": [{"podSelector": _OURS}, {"podSelector": _DATABASE}]},
                {"from": [_namespace("cnpg-system")]},
            ],
        ),
        _policy(
            "metrics-are-read", _OURS, ingress=[{"from": [_namespace("monitoring")], "ports": _ports(METRICS_PORT)}]
        ),
        _policy("console-is-reached", {"matchLabels": selector("console")}, ingress=[{"ports": _ports(CONSOLE_PORT)}]),
        _policy(
            "window-is-reached", {"matchLabels": selector("public-window")}, ingress=[{"ports": _ports(WINDOW_PORT)}]
        ),
    ]


def _policy(name: str, pods: dict[str, Any], **rules: list[Any]) -> Manifest:
    types = [kind.capitalize() for kind in rules]
    return named("NetworkPolicy", "networking.k8s.io/v1", name, {"podSelector": pods, "policyTypes": types, **rules})


def _ports(*numbers: int) -> list[dict[str, Any]]:
    return [{"port": number, "protocol": "TCP"} for number in numbers]


def _namespace(name: str) -> dict[str, Any]:
    return {"namespaceSelector": {"matchLabels": {"kubernetes.io/metadata.name": name}}}
