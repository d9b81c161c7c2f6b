"""The public window: matters to be found, applications to be made and followed, by anybody, without an account.

It is served beside the portal member and opens that member's store alone. Everything works without scripts.
"""
