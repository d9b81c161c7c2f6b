"""What the pages of joint documents are made of: lists, one document with its signatures, its paper, and proposals."""
