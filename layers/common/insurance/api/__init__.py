"""The HTTP edge: requests in, answers and problems out."""

from insurance import startup

startup.begin()  # `Api.entrypoint` ends it
