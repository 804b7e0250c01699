"""What holds for every test."""

import hypothesis

# The same examples every time, and as long as they take: a busy machine is no finding. To look further:
# make test ARGS=--hypothesis-profile=default
hypothesis.settings.register_profile("marquee", deadline=None, derandomize=True)
hypothesis.settings.load_profile("marquee")
