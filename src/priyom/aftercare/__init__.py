"""What the patient does with a signed conclusion."""
