"""The form of an opinion: what is typed, what is wrong with it, and what will be signed."""
