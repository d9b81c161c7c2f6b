"""The rows of joint documents and of their signatures, held against what was signed."""
