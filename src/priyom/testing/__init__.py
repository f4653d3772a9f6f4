"""What tests of every room share: database, cast, builders, clock, browser."""
