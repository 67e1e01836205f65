"""What happens around an answer that is no chunk of it, yielded among the chunks in the order it happened."""

from dataclasses import dataclass, field


@dataclass(frozen=True)
class Notice:
    """Something a person or a log may want to know; API callers never see it."""


@dataclass(frozen=True)
class Tried(Notice):
    """A try failed before the first token, and another follows after `wait` seconds (silently if `quiet`)."""

    deployment: str
    error: str
    detail: str
    request_id: str
    wait: float
    quiet: bool


@dataclass(frozen=True)
class FellBack(Notice):
    """The declared fallback takes over; `deployment` is its primary key."""

    deployment: int
    label: str


@dataclass(frozen=True)
class Trimmed(Notice):
    """The oldest `left_out` messages did not fit into the context window; `sent` did."""

    sent: int
    left_out: int


@dataclass(frozen=True)
class Searching(Notice):
    """Documents are being looked for: these `queries`, in the sources of these names."""

    queries: list[str]
    sources: list[str]


@dataclass(frozen=True)
class Passage:
    """A passage that was retrieved. `number` is the N of [docN]; 0: the model was not given it.

    `badges`: external ids of the groups for which its source's access filter let it through; none without a filter.
    """

    number: int
    source: int | None  # primary key of the data source; None for one that a request brought along
    source_name: str
    content: str
    title: str = ""
    url: str = ""
    filepath: str = ""
    chunk_id: str = ""
    page: int | None = None
    heading: str = ""
    document: str = ""
    version: str = ""
    badges: tuple[str, ...] = ()
    queries: list[str] = field(default_factory=list)
    original_search_score: float | None = None
    rerank_score: float | None = None
    filter_reason: str = ""


@dataclass(frozen=True)
class Found(Notice):
    """What came of it, in the order of retrieval; `left_out` names sources that failed."""

    passages: list[Passage]
    queries: list[str]
    left_out: list[str] = field(default_factory=list)
