"""The pure core: what films, dates and posts are, and what is owed. No await, no clock, no I/O, no logging."""
