"""The inside of the hexagon: model, ports and use cases. No I/O, no clock, no environment, no randomness."""
