"""生态环境局 · Ecology and Environment: its profile, and the rule by which it decides."""
