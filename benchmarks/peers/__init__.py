"""What a team would put together in a day with a messaging library, doing our exchange's work for one document.

Modules named with_… are each written as that library's documentation would have it; letters.py and ledger.py are what
all of them share: sealing, and the receiver's database. They run in an environment of their own (environment.py).
"""
