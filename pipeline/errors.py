"""Errors that end a command. Each carries what to do and the exit code that scripts rely on."""

from __future__ import annotations


class DossierError(Exception):
    """What went wrong and where, with the remedy. `exit_code` 2: usage, input or I/O; `code` names
    it in tables."""

    exit_code = 2
    code = "ERROR"

    def __init__(self, message: str, remedy: str) -> None:
        super().__init__(message)
        self.message = message
        self.remedy = remedy

    def __str__(self) -> str:
        stop = "" if self.message.endswith(("?", "!")) else "."
        return f"{self.message}{stop} {self.remedy}"


class DocumentError(DossierError):
    """A document that cannot be used; it is quarantined and the others go on. `code` names the
    reason."""

    def __init__(self, code: str, message: str, remedy: str) -> None:
        super().__init__(message, remedy)
        self.code = code


class CallError(DossierError):
    """A call to the model that brought no answer. `code` names the reason; the document becomes
    partial."""

    def __init__(self, code: str, message: str, remedy: str) -> None:
        super().__init__(message, remedy)
        self.code = code


class EndpointError(DossierError):
    """The endpoint cannot be used at all (no key, wrong address); no document would fare better."""

    code = "ENDPOINT"


class BudgetError(DossierError):
    """The limit of calls or money is reached; what was done is kept."""

    exit_code = 4
    code = "BUDGET"


class InterruptedRunError(DossierError):
    """The run was told to stop; what was done is kept and published."""

    exit_code = 130
    code = "INTERRUPTED"

    def __init__(self) -> None:
        super().__init__(
            "Interrupted; what was answered is kept and published", "Run again to go on."
        )


class DecisionError(DossierError):
    """A decision is stale or contradicts another; a person has to say which holds."""

    exit_code = 3
    code = "DECISION"


class LockedError(DossierError):
    """Another process holds the database or the output folder; try again later."""

    exit_code = 75
