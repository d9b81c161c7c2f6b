"""Manifests for Kubernetes hold against its schemas, and let each role see its own and nothing else."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path
from typing import Any

import jsonschema
import kubernetes_validate
import pytest
import yaml

from exchange.schemas import Role
from tests.unit.deployment.deployed import CITY, HOME, SHARED, files, parsed
from tests.unit.deployment.operators import SPECIFICATIONS

VERSIONS = ("1.31", "1.37")
FILES = files("kubernetes")
OBJECTS: list[dict[str, Any]] = [
    one for name, text in FILES.items() if name.endswith(".yaml") for one in yaml.safe_load_all(text)
]
BY_NAME = {(one["kind"], one["metadata"]["name"]): one for one in OBJECTS if one["kind"] != "Kustomization"}
PODS = {name: one["spec"]["template"]["spec"] for (kind, name), one in BY_NAME.items() if kind in ("Deployment", "Job")}
ADMINISTRATORS = {"init", "console"}


def ids(one: dict[str, Any]) -> str:
    return f"{one['kind']}-{one.get('metadata', {}).get('name', '')}"


@pytest.mark.parametrize("one", OBJECTS, ids=ids)
def test_every_object_holds_against_its_schema(one: dict[str, Any]) -> None:
    if one["kind"] == "Kustomization":
        assert set(one) == {"apiVersion", "kind", "namespace", "resources"}
    elif schema := SPECIFICATIONS.get((one["apiVersion"], one["kind"])):
        jsonschema.validate(one["spec"], schema)
    else:
        for version in VERSIONS:
            kubernetes_validate.validate(one, version, strict=True)


def test_a_field_that_no_schema_knows_is_refused() -> None:
    cluster = json.loads(json.dumps(BY_NAME["RabbitmqCluster", "broker"]["spec"])) | {"replica": 3}
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(cluster, SPECIFICATIONS["rabbitmq.com/v1beta1", "RabbitmqCluster"])
    claim = BY_NAME["PersistentVolumeClaim", "home"]
    with pytest.raises(kubernetes_validate.ValidationError):
        kubernetes_validate.validate(claim | {"spec": claim["spec"] | {"size": "1Gi"}}, VERSIONS[-1], strict=True)


def test_the_folder_names_all_its_files() -> None:
    whole = yaml.safe_load(FILES["kustomization.yaml"])
    assert set(whole["resources"]) == {name for name in FILES if name.endswith(".yaml")} - {"kustomization.yaml"}


@pytest.mark.skipif(shutil.which("kubectl") is None, reason="kubectl is not on this machine")
def test_kustomize_makes_of_it_the_same_objects_in_the_namespace(tmp_path: Path) -> None:
    for name, text in FILES.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    made = subprocess.run(["kubectl", "kustomize", str(tmp_path)], capture_output=True, check=True, text=True).stdout
    rendered = list(yaml.safe_load_all(made))
    assert {(one["kind"], one["metadata"]["name"]) for one in rendered} == set(BY_NAME)
    spaces = {one["metadata"].get("namespace") for one in rendered if one["kind"] != "Namespace"}
    assert spaces == {"yizhan"}


def test_every_member_is_served_and_every_command_is_one_of_ours(tmp_path: Path) -> None:
    served = set()
    for name, pod in PODS.items():
        (container,) = pod["containers"]
        values = parsed(container["args"], tmp_path)
        if container["args"][0] == "serve":
            served.add(values["address"])
            assert values["stay"], name
            assert values["standby"] == (BY_NAME["Deployment", name]["spec"]["replicas"] == 2), name
            assert BY_NAME["PodDisruptionBudget", name]["spec"]["minAvailable"] == 1
    assert served == {one.address for one in CITY.members}


def test_a_role_sees_its_own_folder_and_what_is_public_and_can_write_none_of_it() -> None:
    own = {one.label: one for one in CITY.members}
    assert CITY.portal is not None
    own["public-window"] = CITY.portal
    for name, pod in PODS.items():
        seen = {one["mountPath"]: one for one in pod["containers"][0]["volumeMounts"] if one["name"] == "home"}
        if name in ADMINISTRATORS:
            assert set(seen) == {HOME}, name
        elif name == "freshness":
            assert {place for place, one in seen.items() if not one["readOnly"]} == {f"{HOME}/public"}
            assert f"{HOME}/authority" not in seen
        else:
            assert set(seen) == SHARED | {f"{HOME}/members/{own[name].address}"}, name
            writes = {place for place, one in seen.items() if not one["readOnly"]}
            assert writes == ({f"{HOME}/tree"} if Role.RELAY in own[name].roles else set()), name
        assert all(place == f"{HOME}/{one['subPath']}" for place, one in seen.items() if "subPath" in one)


def test_secrets_are_named_where_they_are_used_and_nowhere_else() -> None:
    used: dict[str, set[str]] = {}
    for name, pod in PODS.items():
        refs = [one["valueFrom"]["secretKeyRef"] for one in pod["containers"][0].get("env", ()) if "valueFrom" in one]
        for ref in refs:
            used.setdefault(ref["name"], set()).add(name)
        for volume in pod["volumes"]:
            if "secret" in volume:
                used.setdefault(volume["secret"]["secretName"], set()).add(name)
    assert used == {
        "broker-default-user": ADMINISTRATORS,
        "database-account": {"init"},
        "console-tls": {"console"},
        "window-tls": {"public-window"},
    }
    assert not any(one["kind"] == "Secret" for one in OBJECTS), "nothing secret is written"


def test_no_pod_has_a_right_that_it_does_not_need() -> None:
    for name, pod in PODS.items():
        assert not pod["automountServiceAccountToken"], name
        assert pod["securityContext"]["runAsNonRoot"], name
        (container,) = pod["containers"]
        assert container["securityContext"] == {
            "allowPrivilegeEscalation": False,
            "readOnlyRootFilesystem": True,
            "capabilities": {"drop": ["ALL"]},
        }
        assert name in ("init", "freshness") or "livenessProbe" in container


def test_by_default_nobody_is_let_in_and_each_engine_is_reached_by_tls_only() -> None:
    policies = {name: one["spec"] for (kind, name), one in BY_NAME.items() if kind == "NetworkPolicy"}
    assert policies["nobody"] == {"podSelector": {}, "policyTypes": ["Ingress"], "ingress": []}
    ports = {one["port"] for rule in policies["roles-reach-their-engines"]["egress"] for one in rule["ports"]}
    assert ports == {5671, 15671, 5432, 53}
    settings = BY_NAME["ConfigMap", "settings"]["data"]
    assert "sslmode=verify-full" in settings["EXCHANGE_DATABASE_URL"]
    assert settings["EXCHANGE_MANAGEMENT_URL"].startswith("https://")
    assert "@" not in settings["EXCHANGE_DATABASE_URL"], "an account is in the role's own folder"
