"""What pages about documents, notices and joint documents are made of: lists, texts, papers, chains of requests."""
