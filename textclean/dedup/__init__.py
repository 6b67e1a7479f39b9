"""Near-duplicates: signatures, bands, and the index that proposes, verifies and remembers."""
