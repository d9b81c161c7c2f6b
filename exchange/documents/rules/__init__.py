"""Pure rules of official documents: kinds, numbers, who may write to whom."""
