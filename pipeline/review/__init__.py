"""What a reviewer decides about a diff: the file of decisions (`decisions.py`), what waits for one
(`queue.py`), and decisions taken from the command line or a file (`deciding.py`)."""
