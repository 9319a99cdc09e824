"""The one kind of failure that is told to a person as a single line."""


class SuiteError(Exception):
    """Something the person at the terminal has to know or do; its text is complete without a stack trace."""
