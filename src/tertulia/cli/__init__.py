"""The `tertulia` command. Thin: what it does is done by the runtime or by the client."""

from tertulia.cli.app import app


def main() -> None:
    """Run the command that the arguments name; alone it serves."""
    app()
