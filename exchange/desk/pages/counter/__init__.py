"""Pages on which an officer at the counter enters an application from paper, and files it."""
