"""Dead letters over all members: redriven or discarded."""
