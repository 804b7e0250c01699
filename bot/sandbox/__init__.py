"""Marquee in a simulated Discord, with a page in the browser: `marquee sandbox`. The only part that knows simcord."""
