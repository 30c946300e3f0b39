"""How values are written: dates, numbers, money and countries in English, Russian and Chinese.

Pure functions over strings, without any knowledge of documents or records. Record types use them to
normalise what a model returns, grounding uses them to find the same value in the text.
"""
