"""The API of windows: applications, decisions, terms."""
