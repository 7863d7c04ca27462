"""The pipeline of engines, its parts that fail, and the processes the room needs."""
