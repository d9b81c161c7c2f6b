"""What was granted, for everybody: the public register of licences, and whether one is what it says."""
