"""Why a source could not be searched. str() names the source, what happened and what an administrator can do.

RetrievalError
├─ SourceUnreachable   nobody answers at its address, or not in time        (retry helps)
│  └─ SourceForbidden  its address must not be reached
├─ SourceDown          it answers that it is in trouble or too busy         (retry helps)
├─ SourceKey           it refuses the credentials
├─ SourceIndex         there is no such index, collection or database; names those that exist
├─ SourceFields        fields that are mapped do not exist or hold something else; lists those that exist
├─ SourceVectors       embedding failed, or has other dimensions than the index
├─ SourceRefused       it does not take the query: a filter, a semantic configuration
└─ SourceAnswer        what came back is not its documented API
"""

from conversations.completions.errors import CompletionError


class RetrievalError(CompletionError):
    """`source` is its name; the text never repeats a secret or what was asked."""

    code = "source_failed"

    def __init__(self, source: str, message: str, *, status: int | None = None) -> None:
        super().__init__(f"“{source}”: {message}", status=status)
        self.source = source


class SourceUnreachable(RetrievalError):
    code, retryable = "source_unreachable", True


class SourceForbidden(SourceUnreachable):
    code, retryable = "source_forbidden", False


class SourceDown(RetrievalError):
    code, retryable = "source_down", True


class SourceKey(RetrievalError):
    code = "source_key"


class SourceIndex(RetrievalError):
    code = "source_index"


class SourceFields(RetrievalError):
    code = "source_fields"


class SourceVectors(RetrievalError):
    code = "source_vectors"


class SourceRefused(RetrievalError):
    code = "source_refused"


class SourceAnswer(RetrievalError):
    code = "source_answer"
