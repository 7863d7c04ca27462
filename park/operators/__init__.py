"""What people may do, what an action of theirs comes to, and the handover of a shift."""
