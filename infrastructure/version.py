"""The version of this software; `pyproject.toml` reads it from here."""

__version__ = "0.1.0"
USER_AGENT = f"sls-pypi/{__version__}"
"""What it calls itself where it asks."""
