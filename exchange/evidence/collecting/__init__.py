"""Collects from records what proves a case or a document: signed bytes as they came, receipts, directories."""
