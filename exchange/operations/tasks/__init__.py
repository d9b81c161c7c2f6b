"""What waits for a member's people."""
