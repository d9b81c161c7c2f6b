"""Rules of the fault proof: the plan of faults, what must come of everything, and what is measured. Pure."""
