"""The room in the real browser."""
