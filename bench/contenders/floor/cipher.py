"""AES-SIV and AES key wrap from the libcrypto that Python itself is linked with (OpenSSL 3)."""

import ctypes
import ctypes.util

import _hashlib  # noqa: F401 (loads libcrypto into the process)

_lib = ctypes.CDLL(ctypes.util.find_library("crypto") or "libcrypto.so.3")
for _name in ("EVP_CIPHER_fetch", "EVP_CIPHER_CTX_new"):
    getattr(_lib, _name).restype = ctypes.c_void_p
_lib.EVP_CIPHER_CTX_free.argtypes = [ctypes.c_void_p]
_SIV = ctypes.c_void_p(_lib.EVP_CIPHER_fetch(None, b"AES-128-SIV", None))
_WRAP = ctypes.c_void_p(_lib.EVP_CIPHER_fetch(None, b"AES-256-WRAP", None))
_WRAP_ALLOWED, _GET_TAG, _SET_TAG, _TAG = 1, 16, 17, 16


def seal(key, text, about):
    return _siv(key, text, about)


def unseal(key, sealed, about):
    sealed = bytes(sealed)
    return _siv(key, sealed[_TAG:], about, tag=sealed[:_TAG])


def wrap(wrapping_key, key):
    return _wrapped(wrapping_key, key, encrypt=1)


def unwrap(wrapping_key, wrapped):
    return _wrapped(wrapping_key, wrapped, encrypt=0)


def _siv(key, text, about, tag=None):
    context = ctypes.c_void_p(_lib.EVP_CIPHER_CTX_new())
    try:
        out, length = ctypes.create_string_buffer(len(text) + _TAG), ctypes.c_int()
        _do(_lib.EVP_CipherInit_ex(context, _SIV, None, key, None, int(tag is None)))
        if tag is not None:
            _do(_lib.EVP_CIPHER_CTX_ctrl(context, _SET_TAG, _TAG, tag))
        _do(_lib.EVP_CipherUpdate(context, None, ctypes.byref(length), about, len(about)))
        _do(_lib.EVP_CipherUpdate(context, out, ctypes.byref(length), text, len(text)))
        if tag is not None:
            return out.raw[: length.value]
        made = ctypes.create_string_buffer(_TAG)
        _do(_lib.EVP_CIPHER_CTX_ctrl(context, _GET_TAG, _TAG, made))
        return made.raw + out.raw[: length.value]
    finally:
        _lib.EVP_CIPHER_CTX_free(context)


def _wrapped(key, text, *, encrypt):
    context = ctypes.c_void_p(_lib.EVP_CIPHER_CTX_new())
    try:
        _lib.EVP_CIPHER_CTX_set_flags(context, _WRAP_ALLOWED)
        out, length = ctypes.create_string_buffer(len(text) + 16), ctypes.c_int()
        _do(_lib.EVP_CipherInit_ex(context, _WRAP, None, key, None, encrypt))
        _do(_lib.EVP_CipherUpdate(context, out, ctypes.byref(length), text, len(text)))
        return out.raw[: length.value]
    finally:
        _lib.EVP_CIPHER_CTX_free(context)


def _do(done):
    if done <= 0:
        raise ValueError("libcrypto refused")
