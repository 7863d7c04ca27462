"""Commands to devices: their facts, their fold and their engine."""
