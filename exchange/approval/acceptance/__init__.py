"""Acceptance: between what an applicant hands in and the case that is put to the departments."""
