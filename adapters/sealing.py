"""Secrets under AES-256-GCM, by a key that HKDF-SHA256 (RFC 5869) makes of another secret."""

import base64
import os

_KEY_BYTES = 32
_NONCE_BYTES = 12
_PURPOSE = b"sls-pypi: a secret within a session"


class AesSealing:
    """A Sealing. What it makes is URL-safe text of the nonce and what is sealed."""

    def sealed(self, secret: str, text: str) -> str:
        """The text, readable with this secret only; another result each time."""
        from cryptography.hazmat.primitives.ciphers.aead import AESGCM  # noqa: PLC0415 - most requests seal nothing

        nonce = os.urandom(_NONCE_BYTES)
        return base64.urlsafe_b64encode(nonce + AESGCM(_key(secret)).encrypt(nonce, text.encode(), _PURPOSE)).decode()

    def opened(self, secret: str, sealed: str) -> str | None:
        """The text; None if it was sealed with another secret, or changed since."""
        from cryptography.exceptions import InvalidTag  # noqa: PLC0415
        from cryptography.hazmat.primitives.ciphers.aead import AESGCM  # noqa: PLC0415

        try:
            raw = base64.b64decode(sealed.encode(), altchars=b"-_", validate=True)
            # Several texts decode to the same bytes, and one of them was made here.
            if base64.urlsafe_b64encode(raw) != sealed.encode():
                return None
            return AESGCM(_key(secret)).decrypt(raw[:_NONCE_BYTES], raw[_NONCE_BYTES:], _PURPOSE).decode()
        except (ValueError, InvalidTag):
            return None


def _key(secret: str) -> bytes:
    from cryptography.hazmat.primitives.hashes import SHA256  # noqa: PLC0415
    from cryptography.hazmat.primitives.kdf.hkdf import HKDF  # noqa: PLC0415

    # No salt: the secret is random already, and what matters is that the key tells nothing about it.
    return HKDF(SHA256(), _KEY_BYTES, salt=None, info=_PURPOSE).derive(secret.encode())
