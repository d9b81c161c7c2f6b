"""The register of documents (收发文登记簿): what came and what went, numbered within each year."""
