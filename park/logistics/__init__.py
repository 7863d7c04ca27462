"""Logistics: vehicles, gates, docks, parking."""
