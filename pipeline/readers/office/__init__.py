"""DOCX and PPTX: zip packages of XML (package.py), styles and numbers as Word applies them,
formulas and charts as text."""
