"""`make new-service NAME=x`: an empty service, in its place, with tests that pass."""
