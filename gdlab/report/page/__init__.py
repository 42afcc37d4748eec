"""One page of HTML for people who have no gdlab: tables, pictures and configs, and nothing loaded from elsewhere."""
