"""Pages of words with boxes to blocks in reading order, for kinds of documents that say where
letters stand and no more.

words.py       words, lines, drawn lines, gaps      scale.py       letters of unusual size
furniture.py   running heads, page numbers          rulings.py     tables within drawn lines
columns.py     the order of columns                 bars.py        tables between drawn lines
breaks.py      where paragraphs end and go on       tables.py      tables without lines
paragraphs.py  all of it together                   lines.py       words to text, hyphens, marks
"""
