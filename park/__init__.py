"""What a park is and how it behaves: pure rules, no I/O, no clock."""
