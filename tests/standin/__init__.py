"""A loopback stand-in for Discord: a process of its own, whose memory is the truth of what reached Discord.

Start it with `StandinProcess` from tests.standin.client. Only tests.standin.pointing knows discord.py, nothing the bot.
"""
