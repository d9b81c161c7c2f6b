"""A window's figures as people and programs get them: tables, CSV, JSON, and a picture."""
