"""`marquee run` as people run it, as a process with a database file against the stand-in: started, stopped, killed."""
