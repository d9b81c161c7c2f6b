"""A fork server: a process that imports what others of its kind need, once, and is forked for each of them.

It has one thread, no secret and no connection but to whoever asks it. What it forks is the asking process's own child,
as if that had started it as a program: a session, streams, descriptors, environment and listing of its own. Linux only.
"""
