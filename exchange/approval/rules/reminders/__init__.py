"""When a department is reminded of its term, and which reminders count."""
