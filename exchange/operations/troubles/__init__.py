"""The one list of standing troubles, and the facts it is derived from."""
