"""A department that is consulted: its desk and its opinions."""
