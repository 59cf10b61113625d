"""The commands of the protocol, one class each, by the service that owns them."""
