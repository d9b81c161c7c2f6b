"""公安局 · Public Security: its profile, and the rule by which it decides."""
