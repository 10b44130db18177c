"""``python -m carecost`` is the command ``carecost``."""

from carecost.cli import main

if __name__ == "__main__":
    raise SystemExit(main())
