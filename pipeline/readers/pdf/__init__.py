"""PDF by pdfium.

reader.py       a file to a document          glyphs.py      characters of a page with their boxes
visibility.py   which of them nobody sees     annotations.py form fields and notes
ocr.py          scans made readable           pictures.py    pages drawn for a reviewer
unmapped.py     fonts that name no letters    page_words.py  the words of a page, seen ones apart
pages/          pure geometry: words with boxes into reading order
"""
