"""Pages of an application that is not handed in yet."""
