"""The fault proof: documents and cases under a seeded plan of random faults, and the law in the end."""
