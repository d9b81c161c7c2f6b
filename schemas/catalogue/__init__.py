"""What a matter asks of applicants, and what the public is told of it."""
