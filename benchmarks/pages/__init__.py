"""Parts of `./priyom bench pages`."""
