"""The program `dossier`: signals are heard from its first line to its last."""

from __future__ import annotations

import signal
import sys

_INTERRUPTED = 130


def main() -> int:
    """Run the command line and return its exit code; an early signal is an interruption too."""
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        from pipeline.cli import main as command  # its imports take a moment

        code = command()
    except KeyboardInterrupt:
        print("dossier: interrupted before anything was done.", file=sys.stderr)
        code = _INTERRUPTED
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.SIG_IGN)  # all is done; how it ended is not to be changed
    return code


if __name__ == "__main__":
    sys.exit(main())
