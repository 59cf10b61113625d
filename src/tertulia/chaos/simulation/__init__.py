"""The whole product in one loop of virtual time: a seed decides everything, and plays again exactly.

The services, the bus, the relay and the gateway with its real engine run as they ship, on a SQLite file
with the inline writer, behind a network in memory. Not one thread, socket or clock of the machine is
used, so hours pass in a moment and a failing seed fails again.
"""
