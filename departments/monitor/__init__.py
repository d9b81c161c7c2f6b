"""政务效能监督中心 · Deadline Supervision Centre: its profile."""
