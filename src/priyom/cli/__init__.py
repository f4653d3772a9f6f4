"""./priyom's commands: the embedded database, the supervisor, backup, the checks."""
