"""When to say "nothing similar": signs of the signal and of the search, and a decision learned from ECGs and from what is none."""

from agent.similarity.decision import Decision, decide, nothing_similar

__all__ = ["Decision", "decide", "nothing_similar"]
