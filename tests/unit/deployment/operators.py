"""What the operators take of what is written for them, as far as it is written: JSON Schema, closed.

After the custom resources RabbitmqCluster (rabbitmq.com/v1beta1) and Cluster (postgresql.cnpg.io/v1).
"""

from __future__ import annotations

from typing import Any

Schema = dict[str, Any]

TEXT: Schema = {"type": "string", "minLength": 1}
QUANTITY: Schema = {"type": "string", "pattern": r"^[0-9]+(m|Ki|Mi|Gi|Ti)?$"}


def closed(required: dict[str, Schema], **optional: Schema) -> Schema:
    """An object with these fields and no others."""
    return {
        "type": "object",
        "properties": required | optional,
        "required": list(required),
        "additionalProperties": False,
    }


NAMED = closed({"name": TEXT})
AMOUNTS = closed({}, cpu=QUANTITY, memory=QUANTITY)
RESOURCES = closed({"requests": AMOUNTS}, limits=AMOUNTS)
SIZE = closed({"size": QUANTITY}, storageClass=TEXT)
APART = closed({"labelSelector": {"type": "object"}, "topologyKey": TEXT})

RABBITMQ_CLUSTER = closed(
    {"replicas": {"type": "integer", "minimum": 3, "not": {"multipleOf": 2}}, "image": TEXT},
    persistence=closed({"storage": QUANTITY}, storageClassName=TEXT),
    resources=RESOURCES,
    tls=closed({"secretName": TEXT}, caSecretName=TEXT, disableNonTLSListeners={"type": "boolean"}),
    rabbitmq=closed({}, additionalPlugins={"type": "array", "items": TEXT, "maxItems": 100}, additionalConfig=TEXT),
    affinity=closed(
        {
            "podAntiAffinity": closed(
                {"requiredDuringSchedulingIgnoredDuringExecution": {"type": "array", "items": APART}}
            )
        }
    ),
    terminationGracePeriodSeconds={"type": "integer", "minimum": 0},
)

POSTGRESQL_CLUSTER = closed(
    {"instances": {"type": "integer", "minimum": 2}, "storage": SIZE},
    walStorage=SIZE,
    resources=RESOURCES,
    postgresql=closed(
        {"parameters": {"type": "object", "additionalProperties": TEXT}},
        synchronous=closed(
            {"method": {"enum": ["any", "first"]}, "number": {"type": "integer", "minimum": 1}},
            dataDurability={"enum": ["required", "preferred"]},
        ),
    ),
    bootstrap=closed({"initdb": closed({"database": TEXT, "owner": TEXT, "secret": NAMED})}),
    managed=closed(
        {
            "roles": {
                "type": "array",
                "items": closed(
                    {"name": TEXT},
                    ensure={"enum": ["present", "absent"]},
                    login={"type": "boolean"},
                    createrole={"type": "boolean"},
                    passwordSecret=NAMED,
                ),
            }
        }
    ),
    affinity=closed(
        {}, enablePodAntiAffinity={"type": "boolean"}, podAntiAffinityType={"enum": ["preferred", "required"]}
    ),
)

SPECIFICATIONS = {
    ("rabbitmq.com/v1beta1", "RabbitmqCluster"): RABBITMQ_CLUSTER,
    ("postgresql.cnpg.io/v1", "Cluster"): POSTGRESQL_CLUSTER,
}
