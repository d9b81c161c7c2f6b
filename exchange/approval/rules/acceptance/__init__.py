"""Rules between a filing and its acceptance (Administrative License Law, article 32)."""
