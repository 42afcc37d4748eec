"""`python -m gdlab` is `gdlab`."""

from gdlab.cli import main

if __name__ == "__main__":
    main()
