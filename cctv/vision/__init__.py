"""What a picture shows, before anything has a name: motion, changes, things left."""
