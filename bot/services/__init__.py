"""The use cases: domain, ports and store put to work. `now` comes in as an argument."""
