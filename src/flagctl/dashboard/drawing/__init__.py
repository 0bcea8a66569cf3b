"""Drawing: what pages draw as SVG, as numbers; templates write the elements."""
