"""What can be done to a server and its network. A fault holds while it is entered, and is over after:

    async with Stopped(lambda: server.pid):
        await asyncio.sleep(3)

Processes: `Killed`, `Stopped`, `Frozen`. Network: `Proxy` and its `Weather`. Disk: `FullDisk`, `Quota`,
`FailingDisk`. Time: `ClockJump`. What a machine lacks for one is said by `CannotMount` and `CannotBuild`.
"""

from tertulia.chaos.faults.disk import CannotMount, FailingDisk, FullDisk, Quota, SmallDisk
from tertulia.chaos.faults.fault import Fault, hold
from tertulia.chaos.faults.processes import Frozen, Killed, Stopped
from tertulia.chaos.faults.proxy import BadWeather, Proxy
from tertulia.chaos.faults.shim import CannotBuild, ClockJump, Shim
from tertulia.chaos.faults.weather import Weather

__all__ = [
    "BadWeather",
    "CannotBuild",
    "CannotMount",
    "ClockJump",
    "FailingDisk",
    "Fault",
    "Frozen",
    "FullDisk",
    "Killed",
    "Proxy",
    "Quota",
    "Shim",
    "SmallDisk",
    "Stopped",
    "Weather",
    "hold",
]
