"""Files of strangers: what they may be called, what they are by their content, and whether a scanner finds anything."""
