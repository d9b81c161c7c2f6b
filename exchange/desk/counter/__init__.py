"""An application that an officer enters for whoever applies, from paper: its form, its scans, and what it lacks."""
