"""The servers that a split deployment needs, on this machine: for `make cluster` and for the tests."""
