"""The judge's network: reads a question and a passage together, from the encoder's token vectors.

Two transformer layers over the tokens of both, so it costs a fraction of the encoder's six, and the
passages' vectors are those that late interaction has made already. It is told each token's best
cosine among the other text's tokens. It knows nothing of files, tokenizers or offsets.
"""

from typing import NamedTuple

import torch
from torch import Tensor, nn
from torch.nn.functional import gelu, scaled_dot_product_attention

HEADS = 12
LAYERS = 2
INNER = 512  # a third of the encoder's: the width of a layer's inner part


class Judgement(NamedTuple):
    """What the network says of n pairs of question and passage."""

    answers: Tensor
    """float [n]: the log-odds that the passage answers."""
    tokens: Tensor
    """float [n, width]: the log-odds that each token of the pair is of the answering words."""


class JudgeNetwork(nn.Module):
    """Token vectors of question and passage → log-odds."""

    def __init__(self, dimension: int) -> None:
        super().__init__()
        self.segment = nn.Embedding(2, dimension)
        self.match = nn.Linear(1, dimension)
        self.norm = nn.LayerNorm(dimension)
        self.layers = nn.ModuleList(_Layer(dimension) for _ in range(LAYERS))
        self.pooled = nn.Linear(2 * dimension, dimension)
        self.answers = nn.Linear(dimension, 1)
        self.tokens = nn.Linear(dimension, 1)

    @classmethod
    def of(cls, weights: dict[str, Tensor]) -> "JudgeNetwork":
        """The network with these weights, for use. Raises KeyError or RuntimeError for others."""
        network = cls(weights["segment.weight"].shape[1])
        network.load_state_dict(weights)
        return network.eval()

    def forward(self, vectors: Tensor, is_passage: Tensor, mask: Tensor) -> Judgement:
        """Judges n pairs, each the question's tokens and then the passage's.

        `vectors` float [n, width, dimension], of unit length; `is_passage` bool and `mask` (what
        is a token) bool, both [n, width].
        """
        cosines = vectors @ vectors.transpose(1, 2)
        other = (is_passage.unsqueeze(1) != is_passage.unsqueeze(2)) & mask.unsqueeze(1)
        best = cosines.masked_fill(~other, -1.0).amax(-1, keepdim=True)
        # Unit vectors are widened to the size at which a layer norm leaves them.
        states = vectors * vectors.shape[-1] ** 0.5 * 0.5
        states = self.norm(states + self.segment(is_passage.long()) + self.match(best))
        attended = mask[:, None, None, :]
        for layer in self.layers:
            states = layer(states, attended)
        passage = (is_passage & mask).unsqueeze(-1)
        most = states.masked_fill(~passage, -1e4).amax(1)
        pooled = gelu(self.pooled(torch.cat([states[:, 0], most], dim=-1)))
        return Judgement(self.answers(pooled).squeeze(-1), self.tokens(states).squeeze(-1))


class _Layer(nn.Module):
    """A transformer layer as BERT's: attention, then two linear maps, each normed after."""

    def __init__(self, dimension: int) -> None:
        super().__init__()
        self.attention = nn.Linear(dimension, 3 * dimension)
        self.attended = nn.Linear(dimension, dimension)
        self.norm_attended = nn.LayerNorm(dimension)
        self.inner = nn.Linear(dimension, INNER)
        self.outer = nn.Linear(INNER, dimension)
        self.norm_outer = nn.LayerNorm(dimension)

    def forward(self, states: Tensor, mask: Tensor) -> Tensor:
        count, width, dimension = states.shape
        split = self.attention(states).view(count, width, 3, HEADS, dimension // HEADS)
        query, key, value = split.permute(2, 0, 3, 1, 4)
        seen = scaled_dot_product_attention(query, key, value, attn_mask=mask)
        seen = seen.transpose(1, 2).reshape(count, width, dimension)
        states = self.norm_attended(states + self.attended(seen))
        outer: Tensor = self.outer(gelu(self.inner(states)))
        normed: Tensor = self.norm_outer(states + outer)
        return normed
