"""Power cuts: the server is recorded once, and any number of crashed disks are built from the record.

`recording` runs `tertulia serve` under strace while people write. `strace` reads the log and `reading` makes
`calls` of it. `disk` replays the calls up to a point, and says what a disk may hold when the power fails
there: what was synced, and any part of what was not. `wire` reads what had been told to clients by then.
`verifying` opens the image as the server does and holds it against what was told.
"""
