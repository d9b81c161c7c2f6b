"""Renewals of licences: asked for, decided in time, or granted by law (Administrative License Law, article 50)."""
