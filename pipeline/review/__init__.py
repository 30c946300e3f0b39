"""Reviewing a diff: what waits for a decision (`queue.py`), decisions taken (`deciding.py`), and
the way through them in a terminal (`loop.py`, `screen.py`)."""
