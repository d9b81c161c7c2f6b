"""Files by which a domain runs in production: for containers, for Kubernetes, for systemd; made of its departments.

Pure: what goes in is who the members are, what comes out is names and texts of files. Engines are existing ones:
RabbitMQ with three nodes, PostgreSQL with a standby. Each role gets its own folder, its own account and no other's.
"""
