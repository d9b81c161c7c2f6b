"""Filings: what came in from applicants by a portal, as the window keeps it."""
