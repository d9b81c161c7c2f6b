"""The REST API of department systems and tools, under /api/v1 of the console.

Every operation works through the member's own store and outbox, in one transaction; whoever serves the member sends
what was written. Rules stay where the command line has them: in the flow.
"""
