"""Copies of members' databases as they were at one moment, taken while they are used, and put back."""
