"""Writing a document: its fields, whom it may go to, what stands against it, and what it will look like."""
