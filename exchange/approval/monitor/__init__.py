"""The monitor: watches deadlines, reminds, and publishes what silence means."""
