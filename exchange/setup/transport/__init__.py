"""TLS of a domain: a trial authority and what it issues, as files."""
