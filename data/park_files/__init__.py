"""The files of a park, read and checked."""
