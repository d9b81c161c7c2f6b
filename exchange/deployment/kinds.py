"""The kinds of deployment, and what people read first in each folder."""

from __future__ import annotations

from enum import StrEnum

from exchange.deployment.compose.files import compose_files
from exchange.deployment.kubernetes.files import kubernetes_files
from exchange.deployment.systemd import systemd_files
from exchange.deployment.topology import Topology


class DeploymentKind(StrEnum):
    """What runs the processes of a domain."""

    KUBERNETES = "kubernetes"
    COMPOSE = "compose"
    SYSTEMD = "systemd"


_MAKERS = {
    DeploymentKind.KUBERNETES: kubernetes_files,
    DeploymentKind.COMPOSE: compose_files,
    DeploymentKind.SYSTEMD: systemd_files,
}


def files_for(kind: DeploymentKind, topology: Topology) -> dict[str, str]:
    """Return the texts of a deployment's files by their names."""
    return {**_MAKERS[kind](topology), "README.md": _READ_FIRST[kind].format(domain=topology.domain)}


_READ_FIRST = {
    DeploymentKind.KUBERNETES: """\
# {domain} on Kubernetes

Wanted: the RabbitMQ Cluster Operator, CloudNativePG, a storage class whose volumes several machines can mount
(ReadWriteMany), the image `yizhan` where the cluster finds it, and these secrets in the namespace `yizhan`:

| secret | keys | what for |
|---|---|---|
| `tls-authority` | `ca.crt` | the authority that certifies the broker's nodes |
| `broker-tls` | `tls.crt`, `tls.key` | for `broker.yizhan.svc` |
| `database-account` | `username` (exchange), `password` | who owns the database; `init` alone uses it |
| `console-tls`, `window-tls` | `tls.crt`, `tls.key` | for the names by which people come |

    exchange tls --home . broker=broker.yizhan.svc
    kubectl create namespace yizhan
    kubectl --namespace yizhan create secret tls broker-tls --cert tls/broker.crt --key tls/broker.key
    kubectl --namespace yizhan create secret generic tls-authority --from-file=ca.crt=tls/authority.crt
    kubectl --namespace yizhan create secret generic database-account --type kubernetes.io/basic-auth \\
      --from-literal=username=exchange --from-file=password=./database-password
    kubectl apply --kustomize .
    kubectl --namespace yizhan logs job/init --follow

The departments are files of the domain's folder: copy them to `departments/` of the volume `home` before `init` runs;
without them `init` makes the example city. What is changed by hand belongs into an overlay of one's own.
""",
    DeploymentKind.COMPOSE: """\
# {domain} with Docker Compose

Docker Engine 26 and Compose 2.26, or later. Before the first start put here:

| what | how |
|---|---|
| `departments/` | the departments' folder; readable to user 10001 |
| `tls/authority.crt`, `tls/HOST.crt`, `tls/HOST.key` | for each HOST of the list below; `exchange tls` makes them |
| `secrets/erlang_cookie`, `secrets/broker_password` | `openssl rand -hex 24` each |
| `secrets/database_password`, `secrets/replication_password` | `openssl rand -hex 24` each |

    exchange tls --home . broker-1=broker-1 broker-2=broker-2 broker-3=broker-3 \\
      database-1=database-1 database-2=database-2 console=NAME window=NAME
    chown 999 tls/broker-*.key tls/database-*.key && chown 10001 tls/console.key tls/window.key

    chmod 700 secrets && chmod 444 secrets/*

NAME is the name by which people come. Keep `tls/authority.key` elsewhere.

    docker compose up --detach
    docker compose logs init

If the primary is lost: `docker compose exec --user postgres database-2 pg_ctl promote`. Members find it by themselves.
Then take `database-1` out of service: it must not come back as a second primary. The one that took over confirms what
it has alone until it has a standby of its own.
""",
    DeploymentKind.SYSTEMD: """\
# {domain} with systemd

For a machine on which the program is installed in `/opt/exchange`; RabbitMQ and PostgreSQL are elsewhere. Copy
`systemd/`, `sysusers.d/`, `tmpfiles.d/` and `yizhan/` to `/etc`, and set the hosts in `/etc/yizhan/settings.env`. Then,
as root:

    systemd-sysusers && systemd-tmpfiles --create && systemctl daemon-reload
    cp -r DEPARTMENTS/. /var/lib/yizhan/departments/
    exchange init --database-roles
    systemctl enable --now yizhan.target

`init` is given the settings of that file, but with an EXCHANGE_BROKER_URL and an EXCHANGE_DATABASE_URL of
administrators; the console reads the first from `/etc/yizhan/administrator.env`, which only root can read.
On a second machine with the same files, keys and accounts in `/var/lib/yizhan` the same units stand by: one of each
member's two processes serves it, the other takes over when it ends (`exchange serving` says which). `init` and the
authority's key stay on the first.

Of the domain's folder each unit sees its own member's part and what is public, the console all of it. What `init` makes
belongs to the account the folder belongs to.
""",
}
