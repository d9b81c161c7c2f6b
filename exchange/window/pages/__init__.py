"""The pages of the public window: functions from a guest to an answer."""
