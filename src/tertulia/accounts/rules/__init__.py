"""What accounts decides: pure, without I/O."""
