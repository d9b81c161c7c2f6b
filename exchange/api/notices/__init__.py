"""Notices by the API: listed, issued, passed on, signed for, answered, followed and taken back."""
