"""`python -m bot` is the `marquee` command."""

import sys

from bot.cli import main

sys.exit(main())
