"""What is published of the schemas: JSON Schema and AsyncAPI, and how rules of several fields are said in them."""
