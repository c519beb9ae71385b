"""The API's definition, published whole and deployed lean, generated from the handlers."""
