"""Energy: meters, generators, batteries, tariffs."""
