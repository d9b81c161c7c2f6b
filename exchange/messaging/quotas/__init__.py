"""How much one sender, one queue and a member's backlog may take up, and what is done beyond that."""
