"""Documents that several authorities sign."""
