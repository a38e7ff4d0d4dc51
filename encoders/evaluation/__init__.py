"""The parts of the retrieval benchmark; `encoders.evaluate` runs them."""
