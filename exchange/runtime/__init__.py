"""The composition root: the only place that joins features, store and broker."""
