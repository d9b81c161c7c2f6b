"""Commands of windows and departments."""
