"""The audit trail: its chain of hashes, and its review."""
