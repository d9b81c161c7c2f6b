"""Hearings of cases, as a window keeps them."""
