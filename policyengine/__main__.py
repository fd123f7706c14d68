"""`python -m policyengine` is the command line."""

from policyengine.cli import main

if __name__ == "__main__":
    main(prog_name="policyengine")
