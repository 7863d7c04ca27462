"""One camera, live."""
