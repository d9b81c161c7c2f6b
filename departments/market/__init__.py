"""市场监督管理局 · Market Regulation: its profile, and the rule by which it decides."""
