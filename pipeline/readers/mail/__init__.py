"""E-mail and pages saved in one file, by the standard library's parser (message.py)."""
