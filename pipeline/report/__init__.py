"""`dossier report`: one HTML file that shows what a published database holds.

    files of the subject -> Figures    figures.py   schemas/report/*.sql: title, form, lead, query
    database -> rows                   contents.py  what the page shows, and how much
    rows -> pictures                   pictures.py  a drawing for each form, by Altair
    pairs -> a network to walk in      network.py   positions by igraph, drawn by Cytoscape.js
    names -> cards, records -> quotes  cards.py
    all of it -> the file              page.py      the template, its style and script, its policy

A figure is added by a file in `schemas/report/`. Only reads.
"""
