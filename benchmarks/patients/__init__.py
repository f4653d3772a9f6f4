"""The patient index of a whole city, measured beside the ways that everybody would try first."""
