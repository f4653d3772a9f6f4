"""A mail server that keeps every letter under var/mail and shows it on a page; demo only."""
