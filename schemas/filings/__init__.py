"""Between an applicant's portal and the window: filings, acceptance by law, the progress of a case, what is served."""
