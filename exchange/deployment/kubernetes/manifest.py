"""Pieces of manifests that several objects share."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from exchange.deployment.topology import HOME, METRICS_PORT, SHARED, USER, DeployedMember

Manifest = dict[str, Any]

PART_OF = {"app.kubernetes.io/part-of": "yizhan"}
CLAIM = "home"
"""The volume with the domain's folder, seen by pods on several machines."""
AUTHORITIES = "/etc/yizhan/authorities"
"""Where pods find the certificates by which broker and database prove themselves."""


def named(kind: str, version: str, name: str, spec: Mapping[str, Any], role: str = "") -> Manifest:
    """Return an object; ``role`` is what it belongs to."""
    return {
        "apiVersion": version,
        "kind": kind,
        "metadata": {"name": name, "labels": selector(role) if role else PART_OF},
        "spec": dict(spec),
    }


def of_an_operator(kind: str, version: str, name: str, spec: Mapping[str, Any]) -> Manifest:
    """Return an engine's object, without labels: operators may hand them on to pods, which then were taken for ours."""
    return {"apiVersion": version, "kind": kind, "metadata": {"name": name}, "spec": dict(spec)}


def selector(role: str) -> dict[str, str]:
    """Return the labels by which the pods of a role are found."""
    return PART_OF | {"app.kubernetes.io/component": role}


def part(folder: str, *, read_only: bool = True) -> Manifest:
    """Mount one folder of the domain's, and nothing beside it."""
    return {"name": "home", "mountPath": f"{HOME}/{folder}", "subPath": folder, "readOnly": read_only}


def own_parts(member: DeployedMember) -> list[Manifest]:
    """What a role sees of the domain: departments, what is public, and its own folder."""
    tree = part("tree", read_only=not member.keeps_tree)
    return [*(part(name) for name in ("departments", *SHARED, f"members/{member.address}")), tree]


WHOLE: Manifest = {"name": "home", "mountPath": HOME}
"""The whole folder, with all keys: for those who administer the domain."""


def container(name: str, image: str, args: Iterable[str], mounts: Iterable[Manifest], **more: object) -> Manifest:
    """Return a container of the exchange that can change nothing of itself and has no right beyond its user's."""
    return {
        "name": name,
        "image": image,
        "args": list(args),
        "envFrom": [{"configMapRef": {"name": "settings"}}],
        "securityContext": {
            "allowPrivilegeEscalation": False,
            "readOnlyRootFilesystem": True,
            "capabilities": {"drop": ["ALL"]},
        },
        "volumeMounts": [
            *mounts,
            {"name": "tmp", "mountPath": "/tmp"},  # noqa: S108 - in the pod
            {"name": "authorities", "mountPath": AUTHORITIES, "readOnly": True},
        ],
        **more,
    }


def pod(role: str, containers: list[Manifest], volumes: Iterable[Manifest] = (), **more: object) -> Manifest:
    """Return the template of a pod without an account at the cluster's own interface."""
    return {
        "metadata": {"labels": selector(role)},
        "spec": {
            "automountServiceAccountToken": False,
            "enableServiceLinks": False,
            "securityContext": {
                "runAsNonRoot": True,
                "runAsUser": USER,
                "runAsGroup": USER,
                "fsGroup": USER,
                "fsGroupChangePolicy": "OnRootMismatch",
                "seccompProfile": {"type": "RuntimeDefault"},
            },
            "terminationGracePeriodSeconds": 60,
            "containers": containers,
            "volumes": [
                {"name": "home", "persistentVolumeClaim": {"claimName": CLAIM}},
                {"name": "tmp", "emptyDir": {"sizeLimit": "256Mi"}},
                {
                    "name": "authorities",
                    "projected": {
                        "sources": [
                            {"secret": {"name": "tls-authority", "items": [{"key": "ca.crt", "path": "broker.pem"}]}},
                            {"secret": {"name": "database-ca", "items": [{"key": "ca.crt", "path": "database.pem"}]}},
                        ]
                    },
                },
                *volumes,
            ],
            **more,
        },
    }


def probes(*asked: str) -> Manifest:
    """Ask a process whether it does its work; where nothing is ``asked``, its own endpoint for metrics."""
    command = {"command": ["python", "-I", "-m", "exchange.healthcheck", *asked]}
    return {
        "startupProbe": {"exec": command, "periodSeconds": 2, "failureThreshold": 60, "timeoutSeconds": 10},
        "readinessProbe": {"exec": command, "periodSeconds": 10, "timeoutSeconds": 10},
        "livenessProbe": {"exec": command, "periodSeconds": 30, "failureThreshold": 6, "timeoutSeconds": 10},
    }


def port(name: str, number: int = METRICS_PORT) -> list[Manifest]:
    """Name the port that a container listens on."""
    return [{"name": name, "containerPort": number}]


def from_secret(name: str, secret: str, key: str) -> Manifest:
    """Set an environment variable from a secret."""
    return {"name": name, "valueFrom": {"secretKeyRef": {"name": secret, "key": key}}}
