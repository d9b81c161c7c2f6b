"""What an account of a desk is told beyond its pages: deadlines as a calendar. Ids, names of matters and days alone."""
