"""Ask, decide, write, tell: one class a noun."""
