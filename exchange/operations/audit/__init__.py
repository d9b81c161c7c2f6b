"""The audit log: its entries, its head as members hold it, and what is wrong where they contradict each other."""
