"""What fits and guards the ranking, on labelled questions; `askarticle evaluate` measures it.

`calibrate` fits the few numbers that the retriever ships with and draws their curves, `ablation`
says what each part of the evidence is worth, `gate` stops a change that loses answers.
"""
