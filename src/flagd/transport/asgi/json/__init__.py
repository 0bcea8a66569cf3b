"""Messages as JSON, as Connect and the plain endpoints write them."""
