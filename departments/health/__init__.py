"""卫生健康委员会 · Health Commission: its profile, and the rule by which it decides."""
