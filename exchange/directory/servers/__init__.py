"""Certificates of servers, for TLS: of a trial authority of their own, which vouches for no member."""
