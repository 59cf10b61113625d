"""Chat servers of other kinds as peers of a durable send: Matrix and XMPP, each through its own protocol.

The load comes from Python here (`exchange`), which is enough for them: its CPU stands beside every result.
"""
