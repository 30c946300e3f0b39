"""The review as a page on this machine: who may ask (`guard.py`), what it works on (`desk.py`), its
addresses (`app.py`), what they show (`shown.py`, `marked.py`, `templates/`, `static/`), and the
server (`server.py`). It writes decisions and nothing else."""
