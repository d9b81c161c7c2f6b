"""Processes of a domain: started, watched, ended."""
