"""The derivative of a graph as a formula: by the rules of a textbook, in normal form, and written down."""
