"""The long form of what the tests try in short: hours of bad luck in some minutes. `make soak` runs all of it."""
