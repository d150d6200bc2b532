"""What people and the worker do with the index; each needs only ports."""
