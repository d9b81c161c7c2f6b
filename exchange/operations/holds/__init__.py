"""Holding traffic back, and letting it go again."""
