"""Pages of what was handed in: where it stands, its papers, and what its applicant can do."""
