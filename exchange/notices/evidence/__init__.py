"""Evidence of a reading far below, asked for and shown."""
