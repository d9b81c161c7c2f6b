"""What is decided about licences, pure: how they stand, who holds them, what is shown, and by which code."""
