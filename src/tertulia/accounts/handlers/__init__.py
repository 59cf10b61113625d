"""What accounts carries out: ask, decide, write, tell."""
