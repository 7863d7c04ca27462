"""Where facts are moved and kept: Redis and SQL, no rules."""
