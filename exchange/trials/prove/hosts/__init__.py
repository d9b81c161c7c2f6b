"""Hosts of a fault proof: network namespaces on a bridge, whose ways to each other can be cut or slowed down."""
