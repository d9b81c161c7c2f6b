"""Forms that come with a notice: answered below, summed up level by level."""
