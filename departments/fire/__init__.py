"""消防救援支队 · Fire and Rescue: its profile, and the rule by which it decides."""
