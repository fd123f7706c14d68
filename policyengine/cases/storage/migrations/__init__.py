"""The versions of the tables, as alembic runs them one after the other."""
