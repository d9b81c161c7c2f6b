"""The trace of one message or case over all members."""
