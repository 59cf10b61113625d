"""What a gateway needs that is one of several, with the owners in other processes (docs/adr/0027)."""
