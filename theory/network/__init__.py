"""Networks that realise the iterations: activations, convolutions, attention."""
