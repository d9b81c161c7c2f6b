"""What is set aside for now: what a queue has abandoned, and what came before the message it speaks of."""
