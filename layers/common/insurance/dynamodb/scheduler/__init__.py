"""Stores on DynamoDB: scheduler."""
