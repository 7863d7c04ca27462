"""The stream of a park in Redis: producers, readers, a spool, the server."""
