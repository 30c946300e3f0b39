"""Plain text, Markdown, and RTF (rtf_source.py reads its commands)."""
