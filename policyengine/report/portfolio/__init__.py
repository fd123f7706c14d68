"""What came of a portfolio: the summary for the terminal, as JSON, and as a page with charts.

summary   the counts with the names and texts that they are about
text      lines for the terminal
page      one HTML file without network or script
"""
