"""The lead's own desk: which cases wait for it, found by indexes, and how it presses departments."""
