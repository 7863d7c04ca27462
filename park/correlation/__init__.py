"""Correlation: which alarms and observations belong to one incident."""
