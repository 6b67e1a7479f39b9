"""The stages of the default pipeline, one module each; no stage imports another."""
