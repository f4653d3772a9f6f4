"""The benchmark of booking and of the search for free time."""
