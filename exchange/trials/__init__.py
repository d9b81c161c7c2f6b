"""Demonstrations, replays and the domains they run in."""
