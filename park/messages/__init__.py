"""Messages to people outside the room: recipients, words, CAP."""
