"""A window's figures: counted from its record for officers, and told to its portals for the public."""
