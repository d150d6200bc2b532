"""What runs between the index and a build to shut the door: programs that need the standard library only."""
