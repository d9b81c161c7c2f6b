"""Metrics, traces and health endpoints."""
