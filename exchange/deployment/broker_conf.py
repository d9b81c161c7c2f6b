"""What RabbitMQ's configuration says in production; the same for every engine that runs it."""

from __future__ import annotations

from collections.abc import Sequence

from exchange.broker.traffic.topology import MAX_BODY

PLUGINS = ("rabbitmq_management", "rabbitmq_prometheus", "rabbitmq_shovel", "rabbitmq_shovel_management")

RULES = f"""\
# The broker stamps each message's arrival over whatever a client wrote there: the legal time of arrival.
message_interceptors.incoming.set_header_timestamp.overwrite = true

# Every queue of the exchange is a quorum queue; so is one that somebody makes by hand and says no type.
default_queue_type = quorum

# Publishers are held back while there is still room to finish what is under way.
disk_free_limit.absolute = 2GB
vm_memory_high_watermark.relative = 0.6

# The log that all quorum queues share is turned over at this size (bytes); each turn frees what was acknowledged.
raft.wal_max_size_bytes = 134217728

# A consumer that holds a delivery longer than this (milliseconds) is cut off and the message given out again.
consumer_timeout = 1800000

# The largest envelope (bytes); anything larger is no document, and is refused at the door.
max_message_size = {MAX_BODY}
"""

CLUSTER = """\
# A node that sees less than half of the cluster stops, so that a part cut off takes nothing in.
cluster_partition_handling = pause_minority

# Leaders of new queues are spread over the nodes.
queue_leader_locator = balanced
"""


def discovery(nodes: Sequence[str]) -> str:
    """Say which nodes form the cluster when it is made, by their host names."""
    lines = ["cluster_formation.peer_discovery_backend = classic_config"]
    lines += [f"cluster_formation.classic_config.nodes.{i} = rabbit@{host}" for i, host in enumerate(nodes, start=1)]
    return "\n".join(lines) + "\n"


def tls(folder: str) -> str:
    """Take connections by TLS only; ``folder`` holds authority.crt, server.crt and server.key."""
    pieces = (("cacertfile", "authority.crt"), ("certfile", "server.crt"), ("keyfile", "server.key"))
    return "\n".join(
        (
            "# Nobody is spoken to in the clear.",
            "listeners.tcp = none",
            "listeners.ssl.default = 5671",
            *(f"ssl_options.{name} = {folder}/{file}" for name, file in pieces),
            "ssl_options.versions.1 = tlsv1.3",
            "ssl_options.versions.2 = tlsv1.2",
            "management.ssl.port = 15671",
            *(f"management.ssl.{name} = {folder}/{file}" for name, file in pieces),
            "",
        )
    )
