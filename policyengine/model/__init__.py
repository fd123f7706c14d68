"""The files of a policy set as they are written: typed shapes over the YAML tree.

    yaml_tree ──► from_syntax ──► Vocabulary, Regulation, Policy, TestFile

`shape` reads a tree against a declared shape and notes every misfit; the same shapes print the JSON Schema
for editors. Expressions are parsed here and get their meaning in `ir`.
"""
