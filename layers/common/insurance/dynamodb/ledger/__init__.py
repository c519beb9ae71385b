"""Stores on DynamoDB: ledger."""
