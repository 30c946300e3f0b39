"""What several rooms need of a text: folding with the way back, abbreviations, tokens."""
