"""A process that serves a member is kept to its own folder and to what is public of the domain."""
