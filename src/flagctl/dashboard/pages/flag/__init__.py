"""Flag: what the page of one flag says: its rule, its ramp, what replicas serve of it, who manages it."""
