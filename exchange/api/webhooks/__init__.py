"""Webhooks: who is told of what, and its delivery."""
