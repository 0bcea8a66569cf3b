"""What callers say of a user, read from any form."""
