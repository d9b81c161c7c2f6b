"""What all web faces share: the door, rendering, style, words."""
