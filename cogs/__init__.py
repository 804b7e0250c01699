"""The commands: each parses an interaction, calls one service, and shows one card."""
