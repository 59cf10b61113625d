"""The peers: programs that serve the same small chat, each in a process of its own."""
