"""API Gateway's part: what a REST API enforces before and after a Lambda runs."""
