"""Who is online and who is typing. Nothing is stored: it is best effort, and honest about it."""
