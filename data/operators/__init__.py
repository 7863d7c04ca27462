"""People: accounts, limits, and what their actions come to."""
