"""Incidents: their facts, their fold, and how they are shown and reported."""
