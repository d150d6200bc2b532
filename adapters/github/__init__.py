"""GitHub, or a GitHub Enterprise."""
