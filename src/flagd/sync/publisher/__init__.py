"""Publisher: the sending end of the ruleset stream, and who subscribes to it."""

from flagd.sync.publisher.admission import Admission, TokenAdmission, bearer_token
from flagd.sync.publisher.admissions import Admissions, Counting
from flagd.sync.publisher.publication import Board, Publication, Publications
from flagd.sync.publisher.seen_users import Sampling, SeenUsers
from flagd.sync.publisher.service import SERVICE, RulesetService, Settings
from flagd.sync.publisher.subscribers import Refusal, Served, Subscriber, Subscribers

__all__ = [
    "SERVICE",
    "Admission",
    "Admissions",
    "Board",
    "Counting",
    "Publication",
    "Publications",
    "Refusal",
    "RulesetService",
    "Sampling",
    "SeenUsers",
    "Served",
    "Settings",
    "Subscriber",
    "Subscribers",
    "TokenAdmission",
    "bearer_token",
]
