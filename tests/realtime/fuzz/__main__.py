"""Attacks the engine for a while, and tells how what it found is provoked.

    python -m tests.realtime.fuzz --seed 7 --seconds 60

The same seed attacks in the same way; `--round` plays one round of it alone. Exit code 1 with a finding.
"""

import argparse
import asyncio
import secrets
import sys
from collections.abc import Sequence

from tests.realtime.fuzz.campaign import Campaign, tell
from tests.realtime.fuzz.target import Setup


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a campaign over both drivers."""
    parser = argparse.ArgumentParser(prog="fuzz", description=__doc__)
    parser.add_argument("--seed", default="", help="what the attack is drawn from; random without")
    parser.add_argument("--seconds", type=float, default=600)
    parser.add_argument("--round", type=int, help="only this round")
    parser.add_argument("--driver", choices=("fast", "asgi"), help="only this driver")
    parser.add_argument("--engine", default="tertulia.realtime")
    parser.add_argument("--shrink", type=float, default=120, help="seconds to shrink a finding")
    options = parser.parse_args(arguments)
    seed = options.seed or secrets.token_hex(4)
    drivers = [options.driver] if options.driver else ["fast", "asgi"]
    tell(f"seed {seed}")
    found = 0
    for driver in drivers:
        campaign = Campaign(seed, Setup(options.engine, driver), options.shrink)
        found += asyncio.run(campaign.run(options.seconds / len(drivers), options.round))
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
