"""`python -m askarticle` is the command `askarticle`."""

import sys

from askarticle.cli import main

sys.exit(main())
