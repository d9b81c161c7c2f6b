"""What the stores of all members have on record, read as lines of lists, traces and search results."""
