"""Alarms after ISA-18.2: definitions, life, delays, overlays, suppression, load."""
