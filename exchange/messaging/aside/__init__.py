"""What is set aside for now: what a queue has given up, and what came before the message it speaks of."""
