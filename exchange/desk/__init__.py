"""A member's desk on the web: its officers read, decide, write and sign there, without a command line.

It is served beside one member and opens that member's store alone. Pages hold no rule: an act calls the same function
as the command and the API do.
"""
