"""Priyom («Приём»): doctor-patient telemedicine consultations of polyclinics."""
