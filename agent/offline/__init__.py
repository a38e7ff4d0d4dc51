"""The language model without a model: questions understood by rules, tool results worded."""
