"""Signed documents as official papers: PDF/A in the layout of GB/T 9704, with the signed original inside."""
