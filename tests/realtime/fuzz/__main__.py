"""Attacks the engine for a while, and tells how what it found is provoked.

    python -m tests.realtime.fuzz --seed 7 --seconds 60

The same seed attacks in the same way; `--round` plays one round of it alone. Exit code 1 with a finding.
"""

import argparse
import asyncio
import secrets
import sys
from collections.abc import Sequence

from tests.realtime.fuzz.application import DRIVERS
from tests.realtime.fuzz.campaign import Campaign, tell
from tests.realtime.fuzz.target import Setup


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a campaign over both drivers."""
    parser = argparse.ArgumentParser(prog="fuzz", description=__doc__)
    parser.add_argument("--seed", default="", help="what the attack is drawn from; random without")
    parser.add_argument("--seconds", type=float, default=600)
    parser.add_argument("--round", type=int, help="only this round")
    parser.add_argument("--driver", choices=DRIVERS, help="only this driver")
    parser.add_argument("--engine", default="tertulia.realtime")
    parser.add_argument("--shrink", type=float, default=120, help="seconds to shrink a finding")
    options = parser.parse_args(arguments)
    seed = options.seed or secrets.token_hex(4)
    tell(f"seed {seed}")
    found = asyncio.run(attack(options, seed))
    return 1 if found else 0


async def attack(options: argparse.Namespace, seed: str) -> bool:
    """Attack each driver in turn; whether anything was found."""
    drivers = [options.driver] if options.driver else list(DRIVERS)
    found = False
    for driver in drivers:
        campaign = Campaign(seed, Setup(options.engine, driver), options.shrink)
        if options.round is None:
            found |= await campaign.run(options.seconds / len(drivers))
        else:
            found |= await campaign.run_rounds(0, options.round)
    return found


if __name__ == "__main__":
    sys.exit(main())
