"""``python -m sparsebound``."""

import sys

from sparsebound.checks.commands.supervisor import command

if __name__ == "__main__":
    sys.exit(command())
