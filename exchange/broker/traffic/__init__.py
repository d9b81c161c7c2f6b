"""Messages to and from the broker: connections, confirmed publishing, batched consuming, topology."""
