"""Query: the parameters of a request."""

from __future__ import annotations

from urllib.parse import parse_qs

from flagd.rpc.status import InvalidArgument

PARAMETERS = 100
"""Most parameters of one request."""


def parameters(query: str) -> dict[str, str]:
    """Return the parameters of a query string; of one that is given twice, the later.

    Raises:
        InvalidArgument: there are too many.
    """
    try:
        return {name: values[-1] for name, values in parse_qs(query, True, max_num_fields=PARAMETERS).items()}
    except ValueError:
        raise InvalidArgument(f"query: at most {PARAMETERS} parameters allowed") from None
