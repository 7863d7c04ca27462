"""Hazardous gases: sensors that warn of leaks."""
