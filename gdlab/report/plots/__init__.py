"""Pictures: matplotlib figures, made without pyplot and its global state."""
