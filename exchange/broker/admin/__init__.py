"""What needs an administrator of the broker: accounts, figures, shovels, probes."""
