"""The operators' console: pages over the real broker and the real stores, and the API of department systems.

A page is a function from a visit to what its template shows; an action is a function that does something and says where
to go next. Both name the action they need, and nothing is reached without it.
"""
