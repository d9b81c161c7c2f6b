"""Filings: at a window what applicants have handed in, at a portal what a system hands in for them."""
