"""The engines: a RabbitMQ cluster of three and PostgreSQL with two standbys, each kept by its operator."""

from __future__ import annotations

from exchange.deployment.broker_conf import CLUSTER, PLUGINS, RULES
from exchange.deployment.kubernetes.manifest import Manifest, of_an_operator
from exchange.deployment.topology import BROKER_NODES

ENABLED_BY_THE_OPERATOR = frozenset({"rabbitmq_management", "rabbitmq_prometheus"})


def broker() -> Manifest:
    """Return the RabbitMQ cluster: no two nodes on one machine, TLS only."""
    apart = {
        "labelSelector": {"matchLabels": {"app.kubernetes.io/name": "broker"}},
        "topologyKey": "kubernetes.io/hostname",
    }
    spec = {
        "replicas": BROKER_NODES,
        "image": "rabbitmq:4-management",
        "persistence": {"storage": "50Gi"},
        "resources": {"requests": {"cpu": "1", "memory": "2Gi"}, "limits": {"memory": "4Gi"}},
        "tls": {"secretName": "broker-tls", "caSecretName": "tls-authority", "disableNonTLSListeners": True},
        "rabbitmq": {
            "additionalPlugins": [name for name in PLUGINS if name not in ENABLED_BY_THE_OPERATOR],
            "additionalConfig": RULES + "\n" + CLUSTER,
        },
        "affinity": {"podAntiAffinity": {"requiredDuringSchedulingIgnoredDuringExecution": [apart]}},
        "terminationGracePeriodSeconds": 600,
    }
    return of_an_operator("RabbitmqCluster", "rabbitmq.com/v1beta1", "broker", spec)


def database() -> Manifest:
    """Return the PostgreSQL cluster: what it has confirmed is on two machines, or it confirms nothing."""
    spec = {
        "instances": 3,
        "storage": {"size": "50Gi"},
        "walStorage": {"size": "10Gi"},
        "resources": {"requests": {"cpu": "1", "memory": "2Gi"}, "limits": {"memory": "4Gi"}},
        "postgresql": {
            "parameters": {"max_connections": "400"},
            "synchronous": {"method": "any", "number": 1, "dataDurability": "required"},
        },
        "bootstrap": {"initdb": {"database": "exchange", "owner": "exchange", "secret": {"name": "database-account"}}},
        "managed": {
            "roles": [
                {
                    "name": "exchange",
                    "ensure": "present",
                    "login": True,
                    "createrole": True,
                    "passwordSecret": {"name": "database-account"},
                }
            ]
        },
        "affinity": {"enablePodAntiAffinity": True, "podAntiAffinityType": "required"},
    }
    return of_an_operator("Cluster", "postgresql.cnpg.io/v1", "database", spec)
