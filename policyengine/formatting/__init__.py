"""One layout for every file: `policyengine fmt`.

text ──► tree, remarks ──► lines ──► text, held against the first

`formatted` is the way in. Only what stands between values is the formatter's: indentation, spaces, blank lines, where a
remark begins, whether `{…}` stands on one line. What the author chose stays: the order of keys, `{…}` or a block,
quotes, the line breaks of a text, the brackets of an expression. A result that does not say the same as the file did,
remarks included, is never returned.

The emitter of PyYAML drops remarks, and ruamel.yaml, which keeps them, joins and wraps texts anew and knows nothing of
expressions; both would write a file from what it says. Here a file keeps its own characters, moved.
"""
