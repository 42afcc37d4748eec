"""How a formula is read: what it may call, and what its text means."""
