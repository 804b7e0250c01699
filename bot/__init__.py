"""Marquee: a Discord bot that tells a community what is coming to the cinema, and when."""

__version__ = "0.1.0"
