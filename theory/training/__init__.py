"""Training for sparser features: what a larger penalty does to exact minimisers."""
