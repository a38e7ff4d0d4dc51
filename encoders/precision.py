"""Half precision where the machine itself multiplies in it."""

import torch


def halved(device: str | torch.device) -> torch.autocast:
    """A context in which matrices are multiplied in bfloat16, in half the time, where this device can; else as they come."""
    kind = torch.device(device).type
    able = torch.cuda.is_bf16_supported() if kind == "cuda" else bool(torch.cpu.get_capabilities().get("avx512_bf16"))
    return torch.autocast(kind, torch.bfloat16, enabled=able)
