"""Official documents from one authority to another, with receipts, returns and requests."""
