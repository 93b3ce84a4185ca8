"""How well retrieval works, on labelled questions: `python -m evaluation FILE…`.

`calibrate` fits the few numbers that the retriever ships with.
"""
