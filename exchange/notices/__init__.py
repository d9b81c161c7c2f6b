"""Notices that go down the levels, and are counted up again."""
