"""Renewals of licences that were asked for, as their window keeps them."""
