"""Framing, decoding and encoding of records; files and compression."""
