"""What a domain has once: its folder, its settings, the job that makes it, and who says which directory is present."""

from __future__ import annotations

from exchange.deployment.kubernetes.manifest import (
    AUTHORITIES,
    CLAIM,
    PART_OF,
    WHOLE,
    Manifest,
    container,
    from_secret,
    named,
    part,
    pod,
    selector,
)
from exchange.deployment.topology import AMQPS, HOME, MANAGEMENT_TLS, METRICS, POSTGRESQL, Topology
from exchange.machine.transport.trust import TLS_AUTHORITY

BROKER, DATABASE = "broker.yizhan.svc", "database-rw.yizhan.svc"
"""Services of the operators; the database's leads to whichever instance is the primary."""
_DATABASE = f"{DATABASE}:{POSTGRESQL}/exchange?sslmode=verify-full&sslrootcert={AUTHORITIES}/database.pem"


def namespace() -> Manifest:
    """Return the namespace, whose pods must be without privileges."""
    labels = PART_OF | {"pod-security.kubernetes.io/enforce": "restricted"}
    return {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "yizhan", "labels": labels}}


def folder() -> Manifest:
    """Return the claim on the volume with the domain's folder, which pods on several machines see."""
    spec = {"accessModes": ["ReadWriteMany"], "resources": {"requests": {"storage": "10Gi"}}}
    return named("PersistentVolumeClaim", "v1", CLAIM, spec)


def settings() -> Manifest:
    """Return what all processes are told; nothing of it is secret."""
    data = {
        "EXCHANGE_HOME": HOME,
        "EXCHANGE_DATABASE_URL": f"postgresql://{_DATABASE}",
        "EXCHANGE_MANAGEMENT_URL": f"https://{BROKER}:{MANAGEMENT_TLS}",
        TLS_AUTHORITY: f"{AUTHORITIES}/broker.pem",
        "EXCHANGE_METRICS": METRICS,
    }
    return {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "settings", "labels": PART_OF}, "data": data}


def administrator() -> list[Manifest]:
    """Return how one who administers the domain reaches the broker; roles have accounts of their own instead."""
    return [
        from_secret("BROKER_USER", "broker-default-user", "username"),
        from_secret("BROKER_PASSWORD", "broker-default-user", "password"),
        {"name": "EXCHANGE_BROKER_URL", "value": f"amqps://$(BROKER_USER):$(BROKER_PASSWORD)@{BROKER}:{AMQPS}/%2F"},
    ]


def init(topology: Topology) -> Manifest:
    """Return the job that makes what is missing of the domain; with everything there it changes nothing."""
    owner = [
        from_secret("DATABASE_USER", "database-account", "username"),
        from_secret("DATABASE_PASSWORD", "database-account", "password"),
        {
            "name": "EXCHANGE_DATABASE_URL",
            "value": f"postgresql://$(DATABASE_USER):$(DATABASE_PASSWORD)@{_DATABASE}",
        },
    ]
    made = container("init", topology.image, ["init", "--database-roles"], [WHOLE], env=administrator() + owner)
    template = pod("init", [made], restartPolicy="OnFailure")
    return named("Job", "batch/v1", "init", {"backoffLimit": 10, "template": template}, "init")


def freshness(topology: Topology) -> Manifest:
    """Return who signs every two minutes which directory is the present one, and how far the audit log has come."""
    mounts = [
        part("public", read_only=False),
        *(part(name) for name in ("freshness", "departments", "members/console")),
    ]
    keeper = container("freshness", topology.image, ["freshness", "--every"], mounts)
    spec = {
        "replicas": 1,
        "strategy": {"type": "Recreate"},
        "selector": {"matchLabels": selector("freshness")},
        "template": pod("freshness", [keeper]),
    }
    return named("Deployment", "apps/v1", "freshness", spec, "freshness")
