"""Pages of requests: the patient's, the registrar's desk, the doctor's order."""
