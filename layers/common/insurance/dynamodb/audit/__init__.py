"""The audit table, on DynamoDB."""
