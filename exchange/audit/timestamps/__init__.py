"""Time-stamps (RFC 3161) over the heads of members' logs: asked for, read, and held against authorities."""
