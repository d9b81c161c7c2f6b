"""What a revocation means beyond the directory: doors that are closed, and what rests on the key."""
