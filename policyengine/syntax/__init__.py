"""Text in, trees out: the YAML reader and the expression parser.

    bytes ──► yaml_reader ──► yaml_tree (Mapping, Sequence, Scalar, each with its span)
                                  Scalar.text ──► expression_parser ──► expression_tree

Nothing here knows what a policy is. A scalar stays text; whoever reads it says what it means.
"""
