"""Runs the migrations on the connection, and in the transaction, of whoever opens the store."""

from __future__ import annotations

from alembic import context

from policyengine.cases.storage.tables import VERSIONS

context.configure(connection=context.config.attributes["connection"], version_table=VERSIONS)
with context.begin_transaction():
    context.run_migrations()
