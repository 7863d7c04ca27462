"""Figures of the room, as ratios of what the parts can do on the same machine in the same run."""
