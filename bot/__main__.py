"""`python -m bot` is the `intercity` command."""

from bot.cli import main

if __name__ == "__main__":
    main()
