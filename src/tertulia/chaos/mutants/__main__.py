"""`python -m tertulia.chaos.mutants NAME serve --port …`: the product with a seeded defect."""

import runpy
import sys

from tertulia.chaos.mutants.catalogue import MUTANTS


def main() -> None:
    """Take the name off the arguments, and run the product with that defect to its end."""
    name = sys.argv.pop(1)
    with MUTANTS[name].applied():
        runpy.run_module("tertulia", run_name="__main__", alter_sys=True)


if __name__ == "__main__":
    main()
