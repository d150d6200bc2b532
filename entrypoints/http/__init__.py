"""The web: static reading in front, functions behind it where a submitter acts."""
