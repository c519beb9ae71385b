"""Stores on DynamoDB: what each application called."""
