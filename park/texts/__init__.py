"""Texts of failures in both languages, and characters that cannot be written."""
