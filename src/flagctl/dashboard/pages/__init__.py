"""Pages: what each page says, as plain values, apart from how it is drawn. Pure."""
