"""Commands away from the live room: analyse, score, set-up, discovery."""
