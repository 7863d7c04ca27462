"""Standard operating procedures: what they are, how one stands, and their engine."""
