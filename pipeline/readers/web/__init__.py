"""Web pages: html.py lays out the main text, hidden.py takes out what no browser shows, markup.py
prepares the tags."""
