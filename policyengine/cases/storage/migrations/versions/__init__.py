"""One module for each version of the tables; one that was published is never changed."""
