"""What keeps a benchmark from having a result."""


class CannotMeasure(Exception):
    """Something that every run needs is missing; `code` and `params` name it, the text is English.

    Codes: `compiler`, `node`, `compiling`, `installing`, `benchmark`, `library`.
    """

    def __init__(self, code: str, text: str, **params: str) -> None:
        super().__init__(text)
        self.code = code
        self.params = params


class NoResult(Exception):
    """One run has no result: it lost a message, did not end in time, or a peer failed."""
