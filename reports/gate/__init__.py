"""Whether a run is worse than the one that was reviewed: decided from data; nothing is run here."""
