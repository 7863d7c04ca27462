"""The record in SQL: what goes in, and what is read back."""
