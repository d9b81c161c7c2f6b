"""The portal's own side: drafts, filings, and how a case stands by its window's signed papers."""
