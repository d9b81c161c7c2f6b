"""What proves a case or a document to anybody, years later: collected into one file, and verified from it alone."""
