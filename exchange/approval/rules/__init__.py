"""Pure rules of approval: the race for a part, terms and deadlines, deemed consent, completion."""
