"""Letters that wait, go and fail."""
