"""Stores on DynamoDB: claims."""
