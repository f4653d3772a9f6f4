"""The classification of diseases (МКБ-10) with its Russian names: found by code and by words."""
