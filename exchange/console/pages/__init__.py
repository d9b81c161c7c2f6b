"""Sections of the console, each with its pages and actions."""
