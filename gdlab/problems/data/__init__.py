"""Data sets: built in, generated from a seed, or the user's own files."""
