"""Test functions from the literature, each with its start, its minimum and where both come from."""
