"""What the machine gives, without surprises: files, names, locks, threads, URLs, a web client."""
