"""openapi.yaml: what API Gateway imports, generated from the handlers."""
