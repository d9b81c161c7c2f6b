"""Alerts: what is told of standing troubles, to whom, by which channel."""
