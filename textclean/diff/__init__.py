"""What changed, and why, for people: on a terminal, in a page, in a notebook."""
