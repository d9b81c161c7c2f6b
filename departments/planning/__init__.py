"""自然资源和规划局 · Natural Resources and Planning: its profile, and the rule by which it decides."""
