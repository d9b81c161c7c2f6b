"""Deadlines that changed under load, and of which the monitors are still to be told."""
