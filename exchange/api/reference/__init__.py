"""What the API says of itself: its OpenAPI description, and the page that people read."""
