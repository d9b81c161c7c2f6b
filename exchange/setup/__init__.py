"""Makes and changes a domain: init, certify, keyring, delegation, linking."""
