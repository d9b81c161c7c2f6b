"""Pure rules of what comes after an answer or a default: recall, the owed paper, late objections, review."""
