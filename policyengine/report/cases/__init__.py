"""What people and programs read of a case: where it stands, and how it came there."""
