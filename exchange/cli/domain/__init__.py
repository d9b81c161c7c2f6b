"""Commands that make, run and change a domain."""
