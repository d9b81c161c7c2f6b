"""Receipts that are owed: under load one signature covers what several steps have taken in from a sender."""
