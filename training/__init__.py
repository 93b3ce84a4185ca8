"""How the built-in encoder is made, from public data and an English teacher, by one command.

`python -m training --data DIR --out src/askarticle/model`; README.md beside this file says what
DIR holds. The package never imports this.
"""
