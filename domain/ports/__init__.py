"""What the inside asks of the outside: one port a file, satisfied by adapters of the same file name."""
