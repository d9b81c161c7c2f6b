"""A case as its page at a department's desk tells it: what was asked, the term, the messages, the files."""
