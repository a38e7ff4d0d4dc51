"""The lead numbers of SCP-ECG (EN 1064, section 3), which ISO/IEEE 11073-10102 (MDC) and with it DICOM took over."""

LEAD_OF_NUMBER = (
    {1: "I", 2: "II", 9: "V7", 10: "V2R", 11: "V3R", 12: "V4R", 13: "V5R", 14: "V6R", 15: "V7R", 16: "X", 17: "Y", 18: "Z"}
    | {n + 2: f"V{n}" for n in range(1, 7)}
    | {61: "III", 62: "aVR", 63: "aVL", 64: "aVF", 65: "-aVR", 66: "V8", 67: "V9", 68: "V8R", 69: "V9R"}
)
