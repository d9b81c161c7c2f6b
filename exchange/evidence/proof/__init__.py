"""Verifies a bundle from itself and an authority's certificate alone: no network, no home folder, no database."""
