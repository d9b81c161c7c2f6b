"""Search and boards over the stores of all members."""
