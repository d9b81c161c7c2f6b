"""Documents that several bodies sign."""
