"""The compiled program: a graph as straight-line NumPy with fixed buffers."""
