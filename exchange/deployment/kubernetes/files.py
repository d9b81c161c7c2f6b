"""The folder for `kubectl apply --kustomize`: which object stands in which file."""

from __future__ import annotations

from functools import partial

from exchange.deployment.kubernetes import domain, engines, policies, roles
from exchange.deployment.kubernetes.manifest import Manifest
from exchange.deployment.topology import Topology
from exchange.deployment.written import as_yaml

_NAMESPACE = "yizhan"


def kubernetes_files(topology: Topology) -> dict[str, str]:
    """Return the texts of the files by their names."""
    objects: dict[str, list[Manifest]] = {
        "namespace.yaml": [domain.namespace()],
        "broker.yaml": [engines.broker()],
        "database.yaml": [engines.database()],
        "domain.yaml": [domain.folder(), domain.settings(), domain.init(topology), domain.freshness(topology)],
        "members.yaml": [
            made(one) for one in topology.members for made in (partial(roles.member, topology), roles.kept)
        ],
        "console.yaml": roles.console(topology),
        "window.yaml": roles.window(topology),
        "policies.yaml": policies.policies(),
    }
    found = {name: as_yaml(*those) for name, those in objects.items() if those}
    whole = {
        "apiVersion": "kustomize.config.k8s.io/v1beta1",
        "kind": "Kustomization",
        "namespace": _NAMESPACE,
        "resources": sorted(found),
    }
    return {"kustomization.yaml": as_yaml(whole), **found}
