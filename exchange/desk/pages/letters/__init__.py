"""Pages on which documents are written, looked over, signed and sent."""
