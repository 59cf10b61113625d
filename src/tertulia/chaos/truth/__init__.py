"""A snapshot, and what is told after it, make the next snapshot: for every command, and everybody who looks.

For each command that changes something there are scenarios. The owner, a member, somebody with the space's
role `guest` and an outsider look before and after; what each was told in between, live and by catch-up,
is applied to what they saw first by the reference reducer, and must come to what they see now. The
outsider is told nothing. A command without a scenario is a hole in the promise: `missing()` names it.
"""
