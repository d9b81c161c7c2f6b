"""What comes after an opinion or a decision: recalled, contested, reviewed, reopened."""
