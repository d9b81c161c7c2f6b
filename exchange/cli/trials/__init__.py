"""Commands of demonstrations and replays."""
