"""A patient index of a region that answers, and refuses, as the real one does (FHIR R4, PDQm)."""
