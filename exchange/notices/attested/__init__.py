"""The rows of notices, of their readers and of what lower levels count, held against what was signed."""
