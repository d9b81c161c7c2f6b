"""What is told of the terms of whole cases."""
