"""Pages of joint documents: lists, one of them, and what is done to it."""
