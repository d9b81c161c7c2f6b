"""The door of the web faces: accounts, signing in, sessions, permissions, audit log."""
