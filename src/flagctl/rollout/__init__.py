"""Rollout: what `flagctl rollout` shows of flags whose percentages rise, and what it asks of them."""
