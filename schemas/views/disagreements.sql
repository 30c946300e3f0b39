-- The rows of `conflicts`, under the name of the question: where claims about one thing differ, or only seem to.
FROM conflicts
