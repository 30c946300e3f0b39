"""What changed between two runs: found (`report.py`), and told to a terminal, in Markdown, as a
page or as JSON. Same bytes each time."""
