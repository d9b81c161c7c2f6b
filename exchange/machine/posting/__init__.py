"""Posting to others' servers: letters to mail servers, events to webhooks; each ends by its deadline."""
