"""A whole file decided: in parts that survive a kill, and an output that is whole or not there.

lock       one run an output
files      what is put on disk whole or not at all, and what is said where that fails
identity   what an input is: a changed one is noticed
parts      finished parts of the output, and what they were made of
stream     batches decided in order, a few at a time
outputs    Parquet, CSV and Arrow files
sidecar    what the masks of an output stand for, and what it was made of
run        all of it
"""
