"""What `exchange doctor` examines: members, database, clock, claim store and certificates, each with its findings."""
