"""Steps from an empty database to today's tables, run by ``data.store.migrate``."""
