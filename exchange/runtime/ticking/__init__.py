"""When a member makes its rounds of work."""
