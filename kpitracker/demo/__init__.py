"""Demo workspaces: two believable years of a B2B marketing team, the same every time."""
