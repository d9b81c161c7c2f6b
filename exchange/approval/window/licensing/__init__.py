"""Licences at the window that issues them: issued on a decision, and what is entered on them afterwards."""
