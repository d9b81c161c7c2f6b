"""政务服务中心 · Government Service Centre: its profile, and the rule by which it decides."""
