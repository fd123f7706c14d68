"""Files and frames as batches of rows, each row with its place in the whole.

source    what all of them offer
parquet, csv, ipc    files, by the ending of their names
frames    tables, batches and frames of other libraries, through the Arrow C stream interface
opening   which of them it is
"""
