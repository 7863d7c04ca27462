"""Events: the CloudEvents envelope, the union of all facts, and their codec."""
