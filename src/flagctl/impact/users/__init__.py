"""Users: the population that an impact is counted in, from JSON lines or CSV."""
