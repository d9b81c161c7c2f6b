"""A member's journal as an append-only log: entries as leaves, tiles of hashes, signed heads, proofs for strangers."""
