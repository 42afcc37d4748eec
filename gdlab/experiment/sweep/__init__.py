"""Sweeps: cells planned into pieces of work, done by any executor, and handed over as they finish."""
