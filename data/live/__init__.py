"""The live hub: state folded once, and sent to every screen."""
