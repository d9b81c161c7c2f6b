"""Who acts for a department in a case: its substitutes."""
