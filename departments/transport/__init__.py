"""交通运输局 · Transport: its profile, and the rule by which it decides."""
