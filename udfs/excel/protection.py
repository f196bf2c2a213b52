"""The three settings of a VBA project that its PROJECT stream holds in cipher ([MS-OVBA] 2.4.3)."""

from __future__ import annotations

_VERSION = 2
_FILLING = 7


def ciphered(data: bytes, project_id: str, seed: int) -> str:
    """``data`` in cipher, as hexadecimal digits; the key is the sum of the characters of the id.

    Any ``seed`` from 0 to 255 will do; it stands first.
    """
    key = sum(project_id.encode("ascii")) & 0xFF
    out = [seed, seed ^ _VERSION, seed ^ key]
    plain = key
    filling = [_FILLING] * ((seed & 6) // 2)
    for byte in (*filling, *len(data).to_bytes(4, "little"), *data):
        out.append(byte ^ (out[-2] + plain) & 0xFF)
        plain = byte
    return bytes(out).hex().upper()


def not_protected(project_id: str) -> dict[str, str]:
    """Open to everybody, without a password, shown in the editor."""
    return {
        "CMG": ciphered(bytes(4), project_id, 0x0D),
        "DPB": ciphered(bytes(1), project_id, 0x0D),
        "GC": ciphered(b"\xff", project_id, 0x0D),
    }
