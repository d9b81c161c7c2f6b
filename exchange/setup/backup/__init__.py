"""Backups of a domain: taken while it is served, checked, and put back."""
