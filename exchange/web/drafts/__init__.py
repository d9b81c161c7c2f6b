"""What somebody at a desk has written and not signed yet: kept for the office, in the member's own store."""
