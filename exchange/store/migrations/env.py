"""Runs migrations on the connection that `exchange.store.migrate` hands over."""

from alembic import context

from exchange.store.metadata import metadata

context.configure(connection=context.config.attributes["connection"], target_metadata=metadata)
with context.begin_transaction():
    context.run_migrations()
