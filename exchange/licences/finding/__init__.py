"""Licences are found by words of their numbers and of what is shown of their holders, with bounded work a page."""
