"""Between domains: transit, the spread of directories, and non-delivery."""
