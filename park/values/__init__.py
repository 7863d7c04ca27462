"""Which measured values are believed, and means of them over time."""
