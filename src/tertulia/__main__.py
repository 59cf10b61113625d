"""`python -m tertulia`: the same as the `tertulia` command."""

from tertulia.cli import main

main()
