"""What is on record of the clocks of whole cases: the ledger of each, what was told of them, and the delivery."""
