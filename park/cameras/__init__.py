"""Cameras: their facts, how far their rules can be trusted, counts of crossings."""
