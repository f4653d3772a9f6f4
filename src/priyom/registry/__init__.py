"""The registry of documents: signed conclusions on their way to РЭМД or a region's archive."""
