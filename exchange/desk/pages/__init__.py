"""The pages of a desk: a module each, and what its acts do."""
