"""The chat in a browser: a conversation beside the article. The only place that imports gradio.

Nothing leaves the machine: no analytics, no fonts or scripts from elsewhere, no saved questions
unless a file for ratings is named.
"""

from askarticle.web.serving import launch

__all__ = ["launch"]
