"""What changes a term at its window: amendments, special procedures, another calendar."""
