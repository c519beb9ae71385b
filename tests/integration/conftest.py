"""Handlers as they ship, on moto: the environment of template.yaml, real REST proxy events."""
