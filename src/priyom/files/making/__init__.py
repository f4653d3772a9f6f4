"""What is made of a file for other devices, in a child process with limits and without secrets."""
