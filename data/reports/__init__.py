"""Reports of incidents: requested, drawn as PDF."""
