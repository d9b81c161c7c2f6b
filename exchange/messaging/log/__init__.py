"""A member's journal sealed into a log: tables of hashes and signed heads, the round that seals, the check of rows."""
