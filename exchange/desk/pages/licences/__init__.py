"""Pages of licences at the window that issues them: the register, one licence, and what is entered on it; queries."""
