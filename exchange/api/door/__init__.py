"""Who calls the API: token, scope, bounds of attempts, and the audit log."""
