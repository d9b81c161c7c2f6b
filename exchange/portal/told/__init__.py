"""What applicants are told beyond the pages, by mail and webhook: that something happened, and where it is read."""
