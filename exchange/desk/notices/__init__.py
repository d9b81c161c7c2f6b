"""Notices as a desk shows them: what waits, lists, one notice with who has it, its form, and what is written for it."""
