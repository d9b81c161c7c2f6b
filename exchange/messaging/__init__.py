"""One member and its post: receiving, dispatching, receipts, outbox, inbox, documents, dead letters and holds."""
