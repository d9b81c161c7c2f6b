"""Rules of departments and windows, each run in a process of its own that holds no key and reaches nothing."""
