"""Bundles of evidence, good and forged, each with what a verifier must find."""
