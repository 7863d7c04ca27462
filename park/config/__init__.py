"""What the files of a park say: the park, its assets, its streets."""
