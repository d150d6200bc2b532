"""The sample index of `sls-pypi demo`."""
