"""Forms of an application: their steps, what was typed into them, and all that is wrong with it, told at once."""
