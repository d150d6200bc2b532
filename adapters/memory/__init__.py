"""Everything in dictionaries: for tests and demonstrations, gone with the process."""
