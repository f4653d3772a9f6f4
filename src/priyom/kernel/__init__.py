"""Plain words that every room speaks; no Django models here."""
