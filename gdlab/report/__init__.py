"""Tables, statistics and plots, from stored runs only."""
