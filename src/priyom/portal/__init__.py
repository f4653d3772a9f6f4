"""Home pages and the page of one consultation."""
