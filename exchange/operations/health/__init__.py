"""Health of a domain: doctor, snapshots, figures, diagnostics."""
