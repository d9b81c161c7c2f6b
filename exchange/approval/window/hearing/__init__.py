"""Hearings at the window: called, put off, called off, held on record; a decision waits for one that is owed."""
