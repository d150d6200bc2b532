"""The outside that satisfies the ports; adapters of one port have the same file name in every world."""
