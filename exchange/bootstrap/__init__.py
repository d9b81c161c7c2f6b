"""The composition root: the only place that knows both the flow and its drivers."""
