"""Generation: code and documents that are made of flags, so that a flag that is gone is an error where it is used."""
