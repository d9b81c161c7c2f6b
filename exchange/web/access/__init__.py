"""How an applicant gets to what is theirs: a number and an access code, sessions for one number, few tries."""
