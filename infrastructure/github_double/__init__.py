"""A small GitHub on this machine, for tests and for `sls-pypi demo`. It listens on 127.0.0.1 only."""
