"""A camera's file: what it says, and where it is wrong."""
