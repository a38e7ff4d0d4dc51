"""What an ECG can be painted as before a transformer sees it."""

from encoders.pictures.catalogue import PICTURES, STRIP, Picture, PictureError, picture

__all__ = ["PICTURES", "STRIP", "Picture", "PictureError", "picture"]
