"""Running: the training loop, outcomes, lanes, sweep planning, executors, tuning."""
