"""The clocks of a whole case: until when its lead decides, what may extend or stop that, and the delivery. Pure."""
