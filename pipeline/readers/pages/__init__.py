"""Pages of words with boxes to blocks in reading order, for kinds of documents that say where
letters stand and no more.

glyphs.py      characters of a PDF page with their boxes     visibility.py  which of them nobody
sees words.py       words, lines, drawn lines, gaps               scale.py       letters of unusual
size furniture.py   running heads and page numbers, taken out     rulings.py     tables within drawn
lines, bars.py between them columns.py     the order of columns                          tables.py
tables without lines breaks.py      where paragraphs end and go on                paragraphs.py  all
of it together lines.py       words to text, hyphens and raised marks
"""
