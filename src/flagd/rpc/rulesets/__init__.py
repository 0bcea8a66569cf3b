"""Rulesets: flagd.v1.RulesetService: how rulesets travel, for those who publish and those who subscribe."""

from flagd.rpc.rulesets.acks import Acks, Refusal, Served, Subscriber
from flagd.rpc.rulesets.admission import Admission, TokenAdmission, bearer_token
from flagd.rpc.rulesets.publication import Board, Publication, Publications
from flagd.rpc.rulesets.service import SERVICE, RulesetService, Settings

__all__ = [
    "SERVICE",
    "Acks",
    "Admission",
    "Board",
    "Publication",
    "Publications",
    "Refusal",
    "RulesetService",
    "Served",
    "Settings",
    "Subscriber",
    "TokenAdmission",
    "bearer_token",
]
