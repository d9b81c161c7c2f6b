"""The rows of requests and of documents that were sent back, held against what was signed."""
