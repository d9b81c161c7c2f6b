"""What stands on the paper of each kind of document."""
