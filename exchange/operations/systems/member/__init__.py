"""What a member's own systems leave in its database: answers under keys, leases, and lists in keyset pages."""
