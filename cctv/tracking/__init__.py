"""Who is who from picture to picture."""
