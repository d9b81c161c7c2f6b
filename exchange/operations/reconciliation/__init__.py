"""Reconciliation: what was sent against what arrived, law by law."""
