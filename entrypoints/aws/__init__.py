"""Functions on AWS: each turns what its trigger tells into calls of use cases, and says what has to come again."""
