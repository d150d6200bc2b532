"""The index on one machine: the `sls-pypi` command."""
