"""Impact: how many users a change moves, from which variant to which, counted before it is made."""
