"""``python -m sparsebound``."""

import sys

from sparsebound.checks.commands.main import main

sys.exit(main())
