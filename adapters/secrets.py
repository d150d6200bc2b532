"""The operating system's randomness."""

import secrets

_SECRET_BYTES = 32
_IDENTIFIER_BYTES = 8


class SystemSecrets:
    """Makes secrets and identifiers."""

    def secret(self) -> str:
        """256 random bits, URL-safe."""
        return secrets.token_urlsafe(_SECRET_BYTES)

    def identifier(self) -> str:
        """64 random bits as 16 hexadecimal digits: unique among the millions, and no secret."""
        return secrets.token_hex(_IDENTIFIER_BYTES)
