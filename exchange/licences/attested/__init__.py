"""The register of licences, held against what was signed."""
