"""A fictional registry of documents (РЭМД) that refuses what the real one refuses."""
