"""Linked data: a matter by CPSV-AP 3.2 and schema.org, the catalogue and its datasets by DCAT."""
