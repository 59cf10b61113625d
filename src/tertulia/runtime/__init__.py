"""The composition root: settings, the table of services, start and stop order, and which drivers."""
