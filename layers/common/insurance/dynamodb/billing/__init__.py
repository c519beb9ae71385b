"""Stores on DynamoDB: billing."""
