"""What departments ask of applicants, at the window: taken in, passed on or declined, and what comes in for it."""
