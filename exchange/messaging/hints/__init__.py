"""What travels in clear beside sealed messages, proves itself or is passed over, and keeps nothing from going on."""
