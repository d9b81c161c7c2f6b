"""What officers look at again and again: filters and words of a list, kept under a name by each for themselves."""
