"""Departments' own systems: their tokens and webhooks, as the console keeps them."""
