"""Runs against many processes: two gateways, two of each service, and presence, over NATS and PostgreSQL.

The people, what they do and how it is judged are those of the live tier. What is done to the deployment is of
its own: any part dies or stands still, all are restarted one after another, connections to NATS and to
PostgreSQL are cut, and NATS lies about events.
"""
