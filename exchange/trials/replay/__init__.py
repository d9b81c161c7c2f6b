"""Logs of real cases: read, driven through the real path, and held against a reckoning of their own times."""
