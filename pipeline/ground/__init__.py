"""Whether the text says it: quotes found in the document, values found in the quotes. Pure: no I/O,
clock or chance."""
