"""What is stated with the key for freshness, as a member holds it: the present directory, the audit log's head."""
