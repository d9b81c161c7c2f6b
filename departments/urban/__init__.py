"""城市管理局 · Urban Management: its profile, and the rule by which it decides."""
