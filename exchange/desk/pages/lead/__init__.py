"""Pages of a window's desk: filings on their way to acceptance, and the cases of its lead."""
