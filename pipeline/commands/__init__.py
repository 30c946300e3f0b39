"""What the commands of the command line do with their arguments, room by room: `given.py` turns
them into Settings; `review.py` compares runs and reviews, `replies.py` is about batches, recorded
replies and the ledger. What is short stands in `cli.py`."""
