"""Traces of OpenTelemetry: one message is one trace, from the command to those who hear of it.

A bus is wrapped, or it is not: without tracing nothing of this runs. What is asked carries the trace on to the
owner (W3C `traceparent`). What is published goes through the event log, where no caller is: it finds the trace
again by the id that the client gave the message, which *is* the id of the trace. Both have 16 bytes, and
UUIDv7 is random enough for W3C (at least its last 7 bytes). So a message that was sent again after a break is
in the trace of the first time.
"""
