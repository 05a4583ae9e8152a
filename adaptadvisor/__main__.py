"""`python -m adaptadvisor`."""

from adaptadvisor.cli import main

if __name__ == "__main__":
    main()
