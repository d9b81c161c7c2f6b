"""Figures and accountability: how departments and leads keep their duties, and how fast cases are. Pure."""
