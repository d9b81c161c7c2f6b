"""The window: puts applications to departments, collects opinions, concludes."""
