"""What messages say, in words: the same on a screen, on the paper that a command draws, and on that of a desk."""
