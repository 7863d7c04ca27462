"""Which works a leak, a fire or a smell comes from."""
