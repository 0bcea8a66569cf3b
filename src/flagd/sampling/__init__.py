"""Sampling: which users were seen in which part of a split, each once: what shows whether they are divided right."""

from flagd.sampling.own_samples import OwnSamples
from flagd.sampling.sample import Place, Sample
from flagd.sampling.samples import Samples
from flagd.sampling.slots import MOST_USERS, SLOTS

__all__ = ["MOST_USERS", "SLOTS", "OwnSamples", "Place", "Sample", "Samples"]
