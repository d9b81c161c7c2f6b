"""Official documents from one body to another, with receipts, returns and requests."""
