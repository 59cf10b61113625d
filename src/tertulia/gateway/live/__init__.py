"""The live side of the edge: Socket.IO connections, their commands, and what is told to their rooms."""
