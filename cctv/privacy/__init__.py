"""What of a picture is hidden, and copies that may leave the room."""
