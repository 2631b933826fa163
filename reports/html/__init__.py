"""Pages of HTML: self-contained, complete without scripts and under a strict security policy."""
