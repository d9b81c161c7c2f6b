"""The procedure of a matter as a picture: SVG whose text is text, in the colour of the page that it stands in."""
