"""What consulted departments ask of applicants, once in a case: as the window and the department keep it."""
