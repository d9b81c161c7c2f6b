"""Applications that are decided in parallel: the window, the departments, the monitor."""
