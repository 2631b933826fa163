"""The time of kernels, of one source tree in turn with another's."""
