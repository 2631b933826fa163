"""What a run leaves behind: tallies, the run folder, and what they add up to."""
