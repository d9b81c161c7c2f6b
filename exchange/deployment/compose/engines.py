"""The engines in a compose file: three RabbitMQ nodes, and PostgreSQL with a standby that has all it confirms."""

from __future__ import annotations

from typing import Any

from exchange.deployment.topology import BROKER_NODES

Service = dict[str, Any]

BROKERS = tuple(f"broker-{number}" for number in range(1, BROKER_NODES + 1))
DATABASES = ("database-1", "database-2")
CERTIFICATE = "/etc/yizhan/tls"
"""Where a container finds its own certificate: server.crt, server.key, and authority.crt."""


def certificate(host: str) -> list[str]:
    """Mount what `exchange tls` has made for a host."""
    files = ((f"{host}.crt", "server.crt"), (f"{host}.key", "server.key"), ("authority.crt", "authority.crt"))
    return [f"./tls/{made}:{CERTIFICATE}/{name}:ro" for made, name in files]


_TAKE_ACCOUNTS = """\
umask 077
install -m 600 -o rabbitmq -g rabbitmq /run/secrets/erlang_cookie /var/lib/rabbitmq/.erlang.cookie
printf 'default_user = exchange\\ndefault_pass = %s\\n' "$$(cat /run/secrets/broker_password)" \
>/etc/rabbitmq/conf.d/90-account.conf
chown rabbitmq /etc/rabbitmq/conf.d/90-account.conf
exec docker-entrypoint.sh rabbitmq-server
"""


def broker_node(host: str) -> Service:
    """Return a node of the cluster; its accounts lie in files, which its own folder takes over."""
    return {
        "image": "rabbitmq:4-management",
        "hostname": host,
        "entrypoint": ["sh", "-ec", _TAKE_ACCOUNTS],
        "volumes": [
            "./rabbitmq.conf:/etc/rabbitmq/conf.d/20-exchange.conf:ro",
            "./enabled_plugins:/etc/rabbitmq/enabled_plugins:ro",
            *certificate(host),
            f"{host}:/var/lib/rabbitmq",
        ],
        "secrets": ["erlang_cookie", "broker_password"],
        "restart": "unless-stopped",
        "stop_grace_period": "2m",
        "healthcheck": {
            "test": ["CMD-SHELL", "rabbitmq-diagnostics -q ping && rabbitmq-diagnostics -q check_running"],
            "interval": "30s",
            "timeout": "20s",
            "retries": 5,
            "start_period": "2m",
        },
    }


PRIMARY = """\
#!/usr/bin/env bash
# Run once by the image of PostgreSQL when the primary's database is made: the account of the standby, and who may
# connect how. By TLS only, with passwords.
set -euo pipefail
psql -v ON_ERROR_STOP=1 -v password="$(cat /run/secrets/replication_password)" <<'SQL'
CREATE ROLE replicator LOGIN REPLICATION PASSWORD :'password';
SELECT pg_create_physical_replication_slot('standby');
SQL
cat >"$PGDATA/pg_hba.conf" <<'HBA'
local   all          all                      trust
hostssl replication  replicator  all          scram-sha-256
hostssl exchange     all         all          scram-sha-256
HBA
"""

STANDBY = """\
#!/usr/bin/env bash
# The standby: copies the primary when its folder is empty, and follows it from then on.
# To let it take over:  docker compose exec --user postgres database-2 pg_ctl promote
set -euo pipefail
if [ ! -s "$PGDATA/PG_VERSION" ]; then
  install -d -m 700 -o postgres -g postgres "$PGDATA"
  printf 'database-1:5432:*:replicator:%s\\n' "$(cat /run/secrets/replication_password)" >/var/lib/postgresql/pgpass
  chown postgres /var/lib/postgresql/pgpass
  chmod 600 /var/lib/postgresql/pgpass
  gosu postgres pg_basebackup --pgdata "$PGDATA" --write-recovery-conf --wal-method stream --slot standby \\
    --checkpoint fast --dbname "host=database-1 user=replicator application_name=standby sslmode=verify-full \\
sslrootcert=/run/secrets/authority passfile=/var/lib/postgresql/pgpass"
fi
exec docker-entrypoint.sh "$@"
"""


def _postgres(*settings: str) -> list[str]:
    given = (
        "max_connections=400",
        "ssl=on",
        f"ssl_cert_file={CERTIFICATE}/server.crt",
        f"ssl_key_file={CERTIFICATE}/server.key",
        "wal_level=replica",
        "hot_standby=on",
        *settings,
    )
    return ["postgres", *(word for one in given for word in ("-c", one))]


def _engine() -> Service:
    return {
        "image": "postgres:17",
        "shm_size": "256m",
        "restart": "unless-stopped",
        "stop_grace_period": "1m",
        "healthcheck": {
            "test": ["CMD", "pg_isready", "-q", "-U", "exchange", "-d", "exchange"],
            "interval": "10s",
            "timeout": "5s",
            "retries": 5,
            "start_period": "1m",
        },
    }


def _data(host: str) -> list[str]:
    return [f"{host}:/var/lib/postgresql/data", *certificate(host)]


def primary() -> Service:
    """Return the primary: what it confirms is on the standby, too."""
    synchronous = ("synchronous_commit=on", "synchronous_standby_names=FIRST 1 (standby)")
    return {
        **_engine(),
        "command": _postgres(*synchronous),
        "environment": {
            "POSTGRES_USER": "exchange",
            "POSTGRES_DB": "exchange",
            "POSTGRES_PASSWORD_FILE": "/run/secrets/database_password",
            # For what is typed in this container: it makes the database, when nobody can confirm anything yet.
            "PGOPTIONS": "-c synchronous_commit=local",
        },
        "volumes": [*_data(DATABASES[0]), "./primary.sh:/docker-entrypoint-initdb.d/10-primary.sh:ro"],
        "secrets": ["database_password", "replication_password"],
    }


def standby() -> Service:
    """Return the standby, which takes over when it is told to."""
    return {
        **_engine(),
        "entrypoint": ["bash", "/usr/local/bin/standby.sh"],
        "command": _postgres(),
        "volumes": [*_data(DATABASES[1]), "./standby.sh:/usr/local/bin/standby.sh:ro"],
        "secrets": ["replication_password", "authority"],
        "depends_on": {DATABASES[0]: {"condition": "service_healthy"}},
    }
