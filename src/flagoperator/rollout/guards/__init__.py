"""Guards: what queries must say while a rollout goes on, how it is judged, how it is written."""
