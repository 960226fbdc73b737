"""Evidence: estimates, back-tests and their scores."""
