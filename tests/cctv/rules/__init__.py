"""Rules on tracks made by hand."""
