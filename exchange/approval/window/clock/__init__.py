"""The clocks of whole cases at their window: amended, watched, told, explained, and the licence delivered."""
