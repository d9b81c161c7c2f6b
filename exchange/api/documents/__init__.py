"""Documents by the API: sent, listed, read with their attachments, and the receipts that prove their arrival."""
