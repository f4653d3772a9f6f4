"""What `./priyom bench chat` is made of: the load, ours, the peers, the limit, the figures."""
