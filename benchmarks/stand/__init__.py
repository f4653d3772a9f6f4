"""What every benchmark stands on: the database, what the kernel counts, how a run ends."""
