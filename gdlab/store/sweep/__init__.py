"""Sweeps: one folder for thousands of cells, whose results come in chunks."""
