"""Tools with I/O and no domain: database, event log, bus, and the words services use for the edge."""
