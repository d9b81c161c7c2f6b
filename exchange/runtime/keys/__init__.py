"""A member's keys and the directory that lists them, read together, and anew when their files were replaced."""
