"""Who stands in for whom in a member's office: a record with a period and a scope, kept in the member's own store."""
