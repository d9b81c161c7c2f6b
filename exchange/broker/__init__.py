"""How documents move: topology, confirmed publishing, batched consuming and the private node on RabbitMQ.

The broker is a fast pipe that may lose in rare corners; truth lives in the databases at both ends. A publication is
reported confirmed, unroutable, refused, impossible or lost, exactly once; a delivery is acknowledged only when its
handler has returned. This package is the only one that imports pika.
"""
