"""The state of a park: the pure fold of its events."""
