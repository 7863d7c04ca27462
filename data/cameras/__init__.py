"""Cameras: their files, secrets, clips, stills and statistics."""
