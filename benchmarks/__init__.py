"""What the check costs, beside Flask's hello world and beside its own past. `make bench` prints it as one table."""
