"""Leaves out of a bundle what its reader may not see: whole files, since signed bytes cannot be edited."""
