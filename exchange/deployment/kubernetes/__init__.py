"""Manifests for Kubernetes, over the operators of RabbitMQ (Cluster Operator) and PostgreSQL (CloudNativePG)."""
