"""What officers are told beyond the pages of their desk, made of the lists of its inbox."""
