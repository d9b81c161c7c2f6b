"""The rows of window, department and monitor, held against what was signed."""
