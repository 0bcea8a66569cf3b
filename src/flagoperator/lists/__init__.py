"""Where lists of ids come from: the sources in the operator's settings, and how they are asked."""
