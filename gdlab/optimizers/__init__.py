"""How a problem is minimised: pure update rules, schedules, averaging."""
