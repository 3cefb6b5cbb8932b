"""The command line: ``netproof`` or ``python -m netproof``."""

from __future__ import annotations

import sys

__all__ = ["main"]


def main(argv: list[str] | None = None) -> int:
    """Run the command line and return its exit code.

    Without ``argv`` the process is there for the command alone, which may end it in time.
    """
    from netproof.cli.main import run

    return run(sys.argv[1:], alone=True) if argv is None else run(argv)


if __name__ == "__main__":
    sys.exit(main())
