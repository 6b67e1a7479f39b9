"""Ways to run a pipeline over record streams."""
