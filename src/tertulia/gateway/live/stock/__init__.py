"""python-socketio's server with its faults mended. This folder goes when a server of ours takes its place.

What is mended: a polling body of more than 16 packets was dropped while answering OK; a polling reply
held any number of them; each recipient of a broadcast cost a task; a socket that never finished its
handshake or its upgrade stayed; a broken packet was ignored or printed as a traceback instead of ending
its connection; a client could call the handlers of `connect` and `disconnect` by emitting events of that
name; a client that was disconnected was only asked to close; what was queued for it was lost on polling;
one that vanished while its CONNECT was handled stayed in its rooms; queues had no bound.

What the gateway relies on beyond the API of `socketio.AsyncServer`: `emit`, `enter_room` and `leave_room`
do not suspend; event handlers start in the order of the packets; the CONNECT packet leaves as soon as the
connect handler has returned, before any other task runs; `disconnect` returns when the client has been
sent everything, or after a second.
"""
