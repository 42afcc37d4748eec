"""gdlab: problem × gradient method × optimizer, run, counted and compared."""
