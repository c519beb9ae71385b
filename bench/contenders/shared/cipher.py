"""AES-SIV and AES key wrap (RFC 5297, RFC 3394) from the `cryptography` package."""

from cryptography.hazmat.primitives.ciphers.aead import AESSIV
from cryptography.hazmat.primitives.keywrap import aes_key_unwrap, aes_key_wrap


def seal(key, text, about):
    return AESSIV(key).encrypt(text, [about])


def unseal(key, sealed, about):
    return AESSIV(key).decrypt(bytes(sealed), [about])


def wrap(wrapping_key, key):
    return aes_key_wrap(wrapping_key, key)


def unwrap(wrapping_key, wrapped):
    return aes_key_unwrap(wrapping_key, wrapped)
