"""Signing in by another provider (OpenID Connect): who somebody is, it says; what they may do, the own account does."""
