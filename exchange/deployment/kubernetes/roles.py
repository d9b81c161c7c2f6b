"""What is served: a deployment for each member, the operators' console, the public window."""

from __future__ import annotations

from exchange.deployment.kubernetes.domain import administrator
from exchange.deployment.kubernetes.manifest import (
    WHOLE,
    Manifest,
    container,
    named,
    own_parts,
    pod,
    port,
    probes,
    selector,
)
from exchange.deployment.topology import CONSOLE_PORT, WINDOW_PORT, DeployedMember, Topology

_SMALL = {"requests": {"cpu": "50m", "memory": "128Mi"}, "limits": {"memory": "512Mi"}}
_TLS = "/etc/yizhan/tls"


def member(topology: Topology, one: DeployedMember) -> Manifest:
    """Return a member's deployment: one process serves it, one on another machine stands by.

    Each sees the member's own keys and accounts, and what is public of the domain.
    """
    served = container(
        "serve",
        topology.image,
        ["serve", "--stay", "--standby", one.address],
        own_parts(one),
        ports=port("metrics"),
        resources=_SMALL,
        **probes(),
    )
    apart = {"labelSelector": {"matchLabels": selector(one.label)}, "topologyKey": "kubernetes.io/hostname"}
    preferred = [{"weight": 100, "podAffinityTerm": apart}]
    spread = {"podAntiAffinity": {"preferredDuringSchedulingIgnoredDuringExecution": preferred}}
    return _deployment(one.label, pod(one.label, [served], affinity=spread), replicas=2)


def kept(one: DeployedMember) -> Manifest:
    """Return what keeps one of a member's two processes while machines are emptied for maintenance."""
    spec = {"minAvailable": 1, "selector": {"matchLabels": selector(one.label)}}
    return named("PodDisruptionBudget", "policy/v1", one.label, spec, one.label)


def console(topology: Topology) -> list[Manifest]:
    """Return the operators' console: it sees the whole domain, and asks the broker as its administrator."""
    words = ["console", "--host", "0.0.0.0", "--port", str(CONSOLE_PORT)]  # noqa: S104 - in the pod
    face = container(
        "console",
        topology.image,
        [*words, "--tls-cert", f"{_TLS}/tls.crt", "--tls-key", f"{_TLS}/tls.key"],
        [WHOLE, _certificate()],
        env=administrator(),
        ports=port("https", CONSOLE_PORT),
        resources=_SMALL,
        **probes(f"https://127.0.0.1:{CONSOLE_PORT}/readyz"),
    )
    return [_deployment("console", pod("console", [face], [_secret("console-tls")])), _service("console", CONSOLE_PORT)]


def window(topology: Topology) -> list[Manifest]:
    """Return the pages for the public, with the portal's folder and nobody else's; nothing without a portal."""
    portal = topology.portal
    if portal is None:
        return []
    words = ["window", "--listen", f"0.0.0.0:{WINDOW_PORT}"]
    face = container(
        "window",
        topology.image,
        [*words, "--tls-cert", f"{_TLS}/tls.crt", "--tls-key", f"{_TLS}/tls.key"],
        [*own_parts(portal), _certificate()],
        ports=port("https", WINDOW_PORT),
        resources=_SMALL,
        **probes(f"https://127.0.0.1:{WINDOW_PORT}/"),
    )
    name = "public-window"
    return [_deployment(name, pod(name, [face], [_secret("window-tls")])), _service(name, WINDOW_PORT)]


def _deployment(role: str, template: Manifest, replicas: int = 1) -> Manifest:
    in_turn = {"type": "RollingUpdate", "rollingUpdate": {"maxUnavailable": 1, "maxSurge": 0}}
    spec = {
        "replicas": replicas,
        "strategy": in_turn if replicas > 1 else {"type": "Recreate"},
        "selector": {"matchLabels": selector(role)},
        "template": template,
    }
    return named("Deployment", "apps/v1", role, spec, role)


def _service(role: str, number: int) -> Manifest:
    spec = {"selector": selector(role), "ports": [{"name": "https", "port": 443, "targetPort": number}]}
    return named("Service", "v1", role, spec, role)


def _certificate() -> Manifest:
    return {"name": "tls", "mountPath": _TLS, "readOnly": True}


def _secret(name: str) -> Manifest:
    return {"name": "tls", "secret": {"secretName": name, "defaultMode": 0o440}}
