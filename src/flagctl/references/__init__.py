"""References: where code names flags."""
