"""``python -m textclean`` is the command."""

from textclean.cli import run

if __name__ == "__main__":
    run()
