"""Fair tuning: the same number of trials for each optimizer, chosen on some seeds and reported on others."""
