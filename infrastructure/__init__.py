"""Composition: which adapters make which world."""
