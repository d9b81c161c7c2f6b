"""The wish that a member be drained, in its database, and what was left when it stopped."""
