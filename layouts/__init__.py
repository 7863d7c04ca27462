"""What people see: pure functions to components."""
