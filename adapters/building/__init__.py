"""What a build is, wherever it runs: its stages, what runs beside the project's code, and what becomes of its words.

The project, what it needs and what it makes are hostile. Nothing of it is opened but where its own code runs too.
"""
