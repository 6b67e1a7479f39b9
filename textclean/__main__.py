"""``python -m textclean`` is the command, and so is ``textclean``."""

import signal

# Until the command can answer it, Ctrl-C ends the process at once, without a traceback.
signal.signal(signal.SIGINT, signal.SIG_DFL)

from textclean.cli import run  # noqa: E402 - loading it takes a while

if __name__ == "__main__":
    run()
