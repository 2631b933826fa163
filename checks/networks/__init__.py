"""Networks as they are built, layer by layer: the reference implementations in numpy."""
