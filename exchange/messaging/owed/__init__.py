"""What is owed under load for part of a second, as receipts: one signature covers what several steps have taken in."""
