"""A matter as applicants and the public read it: its form and what is complete by it, its guide as data, its picture.

All of it is pure: a matter and what somebody has filled in go in, texts and data come out.
"""
