"""A compose file for one machine: engines of several nodes, a container for each role."""
