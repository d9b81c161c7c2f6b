"""How connections are secured: TLS with whom to trust, and where there may be none."""
