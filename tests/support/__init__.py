"""What the tests speak in: a house in memory, a real server, and the people who talk in it."""
