"""ECG to picture to vector, report to vector, training and evaluation."""

from encoders.encoder import Encoder, load_encoder

__all__ = ["Encoder", "load_encoder"]
