"""Operators' work over a whole domain: watching, finding, repairing."""
