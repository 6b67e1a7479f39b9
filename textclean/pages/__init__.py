"""Pages for people: one file each, which load nothing and run no script of data."""
