"""Which is better, and is it proven? Runs selected, measured, folded over seeds and compared two by two."""
