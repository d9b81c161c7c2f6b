"""What changes the course of a case: a body that is added, and a closed case that is reopened."""
