"""What was made once, kept on disk for another start: one folder, one way of naming, one way of writing.

    folder   where it lies, who may have written it, how it is put there whole
    naming   a name that stands for all that something was made from, and for this engine as it is installed
    code     the byte code of a policy's generated Python
    source   generated source for columns, as a file

The kinds of entries are told apart by their endings: policies that were read (`.policies`, see `kept`), byte code
(`.code`), and source for columns (`.py`, with numba's machine code beside it). An entry is named by the
digest of all that it was made from, so nothing kept is ever out of date. One that is damaged, somebody else's, or
cannot be written is as good as none: it is made anew.
"""
