"""Time-stamps over the heads of a member's log, asked for beside all traffic and kept as they came."""
