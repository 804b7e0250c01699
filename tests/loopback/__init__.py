"""Sources of film facts on the loopback, with the documented shapes: for tests, and as processes beside the sandbox."""
