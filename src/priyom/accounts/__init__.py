"""People who sign in, their sessions and tickets."""
