"""The doors of the server: events in, state out, sockets, sign-in, health."""
