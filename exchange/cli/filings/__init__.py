"""Commands about filings: what applicants hand in at a portal, and what becomes of it at the window."""
