"""What people and other programs read: pure functions of decisions and diagnostics.

diagnostics ──► the source line, underlined, or JSON
assessment  ──► pages for the terminal, in one language
"""
