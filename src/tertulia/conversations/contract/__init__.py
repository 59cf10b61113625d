"""What others may ask of conversations, and what it tells them, one file a noun."""
