"""How well retrieval works on labelled questions: what `askarticle evaluate` does.

`datasets` reads the questions (`fields` checks the files), `asking` asks them, `figures` makes of
the outcomes what programs read, by the `metrics`, and `report` what readers do. It fits nothing.
"""
