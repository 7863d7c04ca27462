"""Pixels to events."""
