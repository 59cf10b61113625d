"""What presence decides: pure, the caller brings the time."""
