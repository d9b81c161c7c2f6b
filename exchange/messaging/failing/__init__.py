"""Periodic work that fails: item by item, on record, tried again with patience, and never in the way of the rest."""
