"""The API's definition, for people and for the gateway, generated from the handlers."""
