"""What codes have in common with efficient coding: entropy and redundancy."""
