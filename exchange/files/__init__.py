"""The files that people write and read."""
