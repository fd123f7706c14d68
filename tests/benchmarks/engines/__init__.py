"""Other engines and Python written by hand, beside the evaluators of this package, on the same policy and borrowers."""
