"""The private node: a RabbitMQ of a domain's own."""
