"""The stages of a run, each a function of one document, and the stream that runs them."""
