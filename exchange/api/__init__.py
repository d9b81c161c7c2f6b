"""The REST API of department systems and tools, under /api/v1 of the console."""
