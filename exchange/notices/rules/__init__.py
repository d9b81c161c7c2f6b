"""Pure rules of notices: audience, tally, covering, recall."""
